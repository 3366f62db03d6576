import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { DeskBrowser } from "./desk-browser.ts";
import * as demo from "./fixtures/demo-data.ts";

let desk: DeskBrowser;

beforeAll(async () => {
  desk = await DeskBrowser.start();
});
afterEach(() => desk.reset());
afterAll(() => desk.stop());

it("opens the desk for an agent who comes from sign-in", async () => {
  const { page, complaints } = await desk.open("/");
  await page.getByRole("heading", { name: "Ready for calls" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/desk");
  expect(complaints).toEqual([]);
});

it("opens the board for a supervisor who comes from sign-in", async () => {
  desk.service.answer("readSession", demo.aSession({ role: "supervisor" }));
  const { page, complaints } = await desk.open("/");
  await page.getByText("500 agents").first().waitFor();
  expect(new URL(page.url()).pathname).toBe("/board");
  expect(complaints).toEqual([]);
});

it("asks whoever is not signed in to sign in, and keeps where they were going", async () => {
  desk.service.on("readSession", { kind: "problem", code: "SESSION_REQUIRED" });
  const { page } = await desk.open("/");
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Sign in");
  await page.goto(`${desk.service.url}/callbacks`);
  await page.waitForURL((url) => url.pathname === "/sign-in");
  expect(new URL(page.url()).searchParams.get("returnTo")).toBe("/callbacks");
});

it("goes on with the keyboard where the work does: whom the call is about, then what they say", async () => {
  const call = demo.aCall();
  desk.service
    .answer("readCurrentCalls", { offer: null, calls: [call] })
    .answer("readOwnProfile", demo.aProfile("on_call"))
    .answer("readPatient", demo.aPatient(false));
  const { page } = await desk.open("/desk");
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const at = document.activeElement;
      return at instanceof HTMLInputElement ? (at.labels?.[0]?.textContent ?? "") : "";
    });
  await expect.poll(focused).toBe("Find a patient");
  await page.getByRole("button", { name: "Open Rosa Example" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("Full name");
});

it("never says that no calls are offered while one rings", async () => {
  const { offer } = demo.anOffer();
  desk.service
    .answer("readOwnProfile", demo.aProfile("offered"))
    .answer("readCurrentCalls", { offer, calls: [] });
  const { page } = await desk.open("/desk");
  await page.getByRole("heading", { name: "A call is ringing" }).waitFor();
  expect(await page.getByText("No calls are offered to you").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Go available" }).count()).toBe(0);
});
