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
  await page.goto(`${desk.service.url}/callbacks`);
  await page.waitForURL((url) => url.pathname === "/sign-in");
  expect(new URL(page.url()).searchParams.get("returnTo")).toBe("/callbacks");
});
