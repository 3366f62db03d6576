import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DeskBrowser, sidewaysOverflow } from "./desk-browser.ts";
import { aCallback, aTask, taskId } from "./fixtures/callback-data.ts";
import * as demo from "./fixtures/demo-data.ts";
import { withCall } from "./fixtures/scenarios.ts";
import { hostileTexts, pasteEverywhere, unstorable } from "./hostile-text.ts";

let desk: DeskBrowser;

beforeAll(async () => {
  desk = await DeskBrowser.start();
});
afterEach(() => desk.reset());
afterAll(() => desk.stop());

/** Pastes into every field, at both widths; a field without a limit takes what the service refuses. */
async function paste(page: Page, text: string, atLeast: number): Promise<void> {
  const { filled, unlimited } = await page.evaluate(pasteEverywhere, text);
  expect(unlimited).toEqual([]);
  expect(filled).toBeGreaterThanOrEqual(atLeast);
  for (const width of [320, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(async () => [width, await sidewaysOverflow(page)]).toEqual([width, 0]);
  }
}

/** The last body of `name` as the service received it. */
async function sent(name: (typeof desk.service.seen)[number]["name"]): Promise<string> {
  await expect.poll(() => desk.service.seen.map((each) => each.name)).toContain(name);
  return JSON.stringify(desk.service.seen.findLast((each) => each.name === name)?.body);
}

async function unharmed(page: Page, complaints: readonly string[], body: string): Promise<void> {
  expect(body).not.toMatch(unstorable);
  expect(desk.service.refused).toEqual([]);
  expect(await page.evaluate(() => "broken" in globalThis)).toBe(false);
  expect(complaints).toEqual([]);
}

describe("hostile text in forms that open on demand", () => {
  it.each(Object.entries(hostileTexts))("correcting a record, and why: %s", async (_, text) => {
    withCall(desk.service);
    desk.service.answer("updatePatient", demo.aPatient(true, { version: 3 }));
    const { page, complaints } = await desk.open("/desk");
    await page.getByRole("button", { name: "Correct the record" }).click();
    await paste(page, text, 12);
    // A state and a number that are none would not be sent: the rest is what is tried.
    const form = page.getByRole("form", { name: "Correct the record" });
    await form.getByLabel("State (two letters)").fill("NY");
    await form.getByLabel("Phone").fill("+1 555 010 0123");
    await form.getByLabel("Why is it corrected?").fill(`Has moved. ${text}`.slice(0, 500));
    await form.getByRole("button", { name: "Save correction" }).click();
    const body = await sent("updatePatient");
    await page.getByRole("button", { name: "Correct the record" }).waitFor();
    await unharmed(page, complaints, body);
  });

  it.each(Object.entries(hostileTexts))("searching and registering: %s", async (_, text) => {
    withCall(desk.service);
    desk.service
      .answer("readCurrentCalls", { offer: null, calls: [demo.aCall()] })
      .answer("createPatient", demo.aPatient(true));
    const { page, complaints } = await desk.open("/desk");
    await page.getByRole("button", { name: "Somebody new or unidentified" }).click();
    await page.getByLabel("First name").waitFor();
    await paste(page, text, 3);
    await page.getByLabel("Find a patient").press("Enter");
    expect(await sent("searchPatients")).not.toMatch(unstorable);
    await page.getByText("2 patients found").waitFor();
    await unharmed(page, complaints, await sent("searchPatients"));
  });

  it.each(Object.entries(hostileTexts))(
    "saying why, and what came of a task: %s",
    async (_, text) => {
      withCall(desk.service);
      desk.service
        .answer("unmaskPatientField", {
          field: "phone",
          value: "+15550100123",
          remainingMs: 600_000,
        })
        .answer("completeTask", aTask({ state: "done" }));
      const { page, complaints } = await desk.open("/desk");
      await page.getByRole("button", { name: "Show Phone" }).click();
      await page.getByLabel("Why do you need Phone?").fill(`Asked by them ${text}`.slice(0, 500));
      await page.getByRole("button", { name: "Show for ten minutes" }).click();
      await page.getByRole("button", { name: "Hide Phone" }).waitFor();
      await unharmed(page, complaints, await sent("unmaskPatientField"));
      await page.goto(`${desk.service.url}/callbacks`);
      await page.getByLabel("Outcome", { exact: true }).first().waitFor();
      await paste(page, text, 1);
      await page.getByRole("button", { name: "Mark as done" }).first().click();
      await unharmed(page, complaints, await sent("completeTask"));
    },
  );

  it.each(Object.entries(hostileTexts))(
    "why a restricted record, and how an authority was established: %s",
    async (_, text) => {
      withCall(
        desk.service,
        demo.aCaller({ relationship: "unknown", authority: { kind: "none" } }),
      );
      desk.service.answer("putCaller", demo.aCaller({ version: 2 }));
      const { page, complaints } = await desk.open("/desk");
      await page
        .getByLabel("Relationship to the patient")
        .selectOption("other_health_professional");
      await page
        .getByLabel("Right to hear about the patient")
        .selectOption("treating_professional");
      await page.getByLabel("How it was established").fill(`Called back ${text}`.slice(0, 200));
      await page.getByRole("button", { name: "Save caller" }).click();
      await unharmed(page, complaints, await sent("putCaller"));
      await page.getByRole("button", { name: "Choose another" }).click();
      await page.getByRole("button", { name: "Open Leo Example" }).click();
      const why = page.getByLabel("Why do you need this restricted record?");
      await why.fill("\u0000\u0007\u001b".repeat(10));
      const open = page.getByRole("button", { name: "Open", exact: true });
      expect(await open.isDisabled()).toBe(true);
      await why.fill(`Asked by them ${text}`.slice(0, 500));
      await open.click();
      await unharmed(page, complaints, await sent("openPatient"));
    },
  );

  it.each(Object.entries(hostileTexts))("the intake without a desk: %s", async (_, text) => {
    const { page, complaints } = await desk.open("/intake");
    await page.getByLabel("Which call").waitFor();
    await paste(page, text, 5);
    await unharmed(page, complaints, "");
  });

  it.each(Object.entries(hostileTexts))("what a fictional caller says: %s", async (_, text) => {
    const { page, complaints } = await desk.open("/simulator");
    await page.getByLabel("Caller says").fill(text.slice(0, 100));
    await page.getByLabel("Number", { exact: true }).fill(text.slice(0, 16));
    const place = page.getByRole("button", { name: "Call now" });
    expect(await place.isDisabled()).toBe(true);
    await page.getByLabel("Number", { exact: true }).fill("");
    await place.click();
    await unharmed(page, complaints, await sent("placeDemoCall"));
  });

  it.each(Object.entries(hostileTexts))("what is no number is not dialled: %s", async (_, text) => {
    const callback = aCallback();
    desk.service.answer("readCallback", {
      ...callback,
      callee: { ...callback.callee, phone: null },
    });
    const { page, complaints } = await desk.open(`/callbacks?task=${taskId}`);
    await page.getByLabel("No number is stored").fill(text.slice(0, 24));
    expect(await page.getByRole("button", { name: "Call now" }).isDisabled()).toBe(true);
    await unharmed(page, complaints, "");
  });

  it("nothing but characters that nobody sees is no reason", async () => {
    withCall(desk.service);
    const { page } = await desk.open("/desk");
    await page.getByRole("button", { name: "Show Phone" }).click();
    const invisible = "\u0000\u0007\u001b".repeat(10);
    await page.getByLabel("Why do you need Phone?").fill(invisible);
    expect(await page.getByRole("button", { name: "Show for ten minutes" }).isDisabled()).toBe(
      true,
    );
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Correct the record" }).click();
    const form = page.getByRole("form", { name: "Correct the record" });
    await form.getByLabel("City").fill("Demoville");
    await form.getByLabel("Why is it corrected?").fill(invisible);
    expect(await form.getByRole("button", { name: "Save correction" }).isDisabled()).toBe(true);
  });
});
