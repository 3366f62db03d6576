import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkBothSchemes } from "./both-schemes.ts";
import { DeskBrowser } from "./desk-browser.ts";
import { aCallback, aDialledCall, aTask, taskId } from "./fixtures/callback-data.ts";
import * as demo from "./fixtures/demo-data.ts";
import type { FixtureService } from "./fixtures/fixture-service.ts";
import { withCall } from "./fixtures/scenarios.ts";

let desk: DeskBrowser;
let service: FixtureService;

beforeAll(async () => {
  desk = await DeskBrowser.start();
  ({ service } = desk);
});
afterAll(() => desk.stop());
afterEach(() => desk.reset());

describe("what lies above the pages, in light and dark", () => {
  it("a ringing call, and why it rings no more", async () => {
    const opened = await desk.open("/callbacks");
    const { page } = opened;
    await page.getByText("Ask whether the rash is gone.").first().waitFor();
    const ringing = demo.anOffer();
    // Rings until it is said that it does not, however long the looking takes.
    service.answer("readCurrentCalls", { offer: ringing.offer, calls: [] });
    service.emit("offer", ringing);
    await page.getByRole("button", { name: /^Answer/ }).waitFor();
    await checkBothSchemes(opened, "offer-full");
    service.emit("offer", {
      ...ringing,
      offer: { ...ringing.offer, outcome: "missed" },
    });
    await page.getByText("The call rings no more").waitFor();
    await checkBothSchemes(opened, "offer-missed");
  });
  it("the lock", async () => {
    service.answer("readSession", demo.aSession({ state: "locked" }));
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByText("Screen locked").waitFor();
    await checkBothSchemes(opened, "lock-full");
  });
  it("one region alone, on the desk and on the status page", async () => {
    withCall(service).answer("readServiceStatus", {
      ...demo.serviceStatus(true),
      protected: false,
      unprotectedSince: "2026-11-22T09:00:00.000Z",
    });
    const opened = await desk.open("/desk");
    await opened.page.getByText(/^Only one region since/).waitFor();
    await checkBothSchemes(opened, "desk-one-region");
    const status = await desk.open("/status");
    await status.page.getByRole("heading", { name: "Working in one region" }).waitFor();
    await checkBothSchemes(status, "status-one-region");
  });
  it("a callback: prepared, outside the hours, dialled, unanswered", async () => {
    service.answer("readOwnProfile", demo.aProfile());
    const opened = await desk.open(`/callbacks?task=${taskId}`);
    const { page } = opened;
    await page.getByText("Mind before you call").waitFor();
    await page.getByText("Notes of the first call").click();
    await page.getByText("Rash on both arms since Monday evening").waitFor();
    await checkBothSchemes(opened, "callback-prepared");
    service.answer(
      "readCallback",
      aCallback({
        blockedBy: "CALLBACK_OUTSIDE_HOURS",
        callee: {
          ...aCallback().callee,
          localTimes: [{ zone: "Pacific/Honolulu", time: "05:40", isAllowed: false }],
        },
      }),
    );
    service.emit("task", aTask());
    const dial = page.getByRole("button", { name: "Call now" });
    await page.getByLabel("Why now?").waitFor();
    expect(await dial.isDisabled()).toBe(true);
    await checkBothSchemes(opened, "callback-outside-hours");
    await page.getByLabel("Why now?").selectOption("urgent_safety");
    const dialled = aDialledCall();
    service
      .answer("dialCall", dialled)
      .answer("readCurrentCalls", { offer: null, calls: [dialled] })
      .answer("readPatient", demo.aPatient(false))
      .answer("readCallback", aCallback({ task: aTask({ attempts: 1, lastResult: "dialling" }) }));
    await dial.click();
    await page.getByText("Dialling…").first().waitFor();
    await page.getByText("Verify two identifiers with the caller").first().waitFor();
    expect(service.seen.findLast(({ name }) => name === "dialCall")?.body).toMatchObject({
      to: { kind: "task", taskId, hoursWaiver: "urgent_safety" },
    });
    await checkBothSchemes(opened, "callback-dialling");
    const unanswered = aTask({ attempts: 1, lastResult: "no_answer" });
    service
      .answer("listTasks", { items: [unanswered], next: null })
      .answer("readCurrentCalls", { offer: null, calls: [] })
      .answer("recordCallbackOutcome", aTask({ attempts: 1 }));
    service.emit("call", {
      call: { ...dialled, state: "missed", status: "abandoned", version: 9 },
    });
    await page.getByText("How did the callback end?").waitFor();
    await checkBothSchemes(opened, "callback-unanswered");
    await page.getByRole("button", { name: "Record outcome" }).click();
    await expect
      .poll(() => service.seen.findLast(({ name }) => name === "recordCallbackOutcome")?.body)
      .toMatchObject({ kind: "try_again" });
  });
  it("cheat sheet, palette and transfer", async () => {
    withCall(service);
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByText("Connected").first().waitFor();
    await page.keyboard.press("Alt+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await checkBothSchemes(opened, "cheat-sheet-full");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Type what you want to do").waitFor();
    await checkBothSchemes(opened, "palette-full");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Alt+t");
    await page.getByText("Demo Colleague 1", { exact: true }).waitFor();
    await checkBothSchemes(opened, "transfer-full");
  });
  it("an entry that was refused, with both versions, read when they are looked at", async () => {
    withCall(service);
    service.on("updatePatient", {
      kind: "problem",
      code: "STALE_VERSION",
      extra: { yourVersion: 2, currentVersion: 3 },
    });
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByRole("button", { name: "Correct the record" }).click();
    await page.getByLabel("City").fill("Demoville");
    await page.getByLabel("Why is it corrected?").fill("The caller has moved house");
    await checkBothSchemes(opened, "correction-full");
    service.answer("readPatient", demo.aPatient(true, { version: 3, city: "Othertown" }));
    await page.getByRole("button", { name: "Save correction" }).click();
    await page.getByText("A correction of this record was refused").waitFor();
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByText("What the service has").waitFor();
    await page.getByText("City: Othertown").waitFor();
    await page.getByText("City: Demoville").waitFor();
    await checkBothSchemes(opened, "waiting-full");
    service.answer("updatePatient", demo.aPatient(true, { version: 4, city: "Demoville" }));
    await page.getByRole("button", { name: "Send my version again" }).click();
    await expect
      .poll(() => service.seen.findLast(({ name }) => name === "updatePatient")?.ifMatch)
      .toBe('"3"');
  });
  it("a caller whose identifiers match: who they are is asked before anything is shown", async () => {
    withCall(service, demo.aCaller({ relationship: "unknown", authority: { kind: "none" } }));
    service.answer("readPatient", demo.aPatient(false));
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByLabel("ZIP code").fill("10000");
    await page.getByLabel("Date of birth").fill("1980-02-28");
    service.answer("readPatient", demo.aPatientFor("caller_unknown"));
    await page.keyboard.press("Enter");
    await page.getByText("Who is calling?").waitFor();
    expect(await page.getByText("1 Fictional Way").count()).toBe(0);
    await checkBothSchemes(opened, "caller-unknown");
    const patient = page.getByRole("region", { name: "Patient" });
    await patient.getByText("Identifiers match", { exact: true }).waitFor();
    expect(await patient.getByText("Identity verified").count()).toBe(0);
    // The keyboard is on the question: Enter, held since the identifiers were sent, answers nothing.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe("Who is calling?");
    service.on("putCaller", { kind: "break" });
    for (const key of ["Enter", "Enter", "Space"]) await page.keyboard.press(key);
    expect(service.seen.map(({ name }) => name)).not.toContain("putCaller");
    expect(await page.getByText("The record opens when this is saved").count()).toBe(0);
    // One tab further is the answer that is given most.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("The record opens when this is saved").waitFor();
    service
      .answer("putCaller", demo.aCaller({ version: 2 }))
      .answer("readPatient", demo.aPatient(true));
    await page.getByText("1 Fictional Way").waitFor();
    expect(service.seen.findLast(({ name }) => name === "putCaller")?.body).toMatchObject({
      relationship: "self",
      authority: { kind: "self" },
      patientId: demo.patientId,
    });
  });
  it("identifiers that do not match cost one attempt, however long Enter is held", async () => {
    withCall(service, demo.aCaller({ relationship: "unknown", authority: { kind: "none" } }));
    service.answer("readPatient", demo.aPatient(false)).answer("verifyPatient", {
      matched: ["date_of_birth"],
      notMatched: ["zip_code"],
      isVerified: false,
      attemptsLeft: 2,
    });
    const { page } = await desk.open("/desk");
    const asked = () => service.seen.filter(({ name }) => name === "verifyPatient").length;
    await page.getByLabel("ZIP code").fill("10001");
    await page.getByLabel("Date of birth").fill("1980-02-28");
    await page.keyboard.press("Enter");
    await page.getByText("2 attempts left").waitFor();
    for (let press = 0; press < 5; press += 1) await page.keyboard.press("Enter");
    expect(asked()).toBe(1);
    await page.getByLabel("ZIP code").fill("10000");
    await page.keyboard.press("Enter");
    await expect.poll(asked).toBe(2);
  });
  it("a caller who is not the patient: nothing to be told, then what a representative may hear", async () => {
    withCall(service, demo.aCaller({ relationship: "spouse", authority: { kind: "none" } }));
    service.answer("readPatient", demo.aPatientFor("no_authority"));
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByText("Tell them nothing of this record").waitFor();
    expect(await page.getByText("1 Fictional Way").count()).toBe(0);
    await checkBothSchemes(opened, "authority-none");
    await page.getByRole("button", { name: "Record their authority" }).press("Enter");
    // The keyboard is where the next thing is to be done.
    expect(await page.evaluate(() => document.activeElement?.getAttribute("id"))).toBe(
      await page.getByLabel("Relationship to the patient").getAttribute("id"),
    );
    await page.getByLabel("Right to hear about the patient").selectOption("representative");
    await page.getByLabel("How it was established").selectOption("verbal_consent");
    await page.getByLabel("May speak about").selectOption("medical");
    await page.getByLabel("Valid until").fill("2027-01-31");
    service
      .answer("putCaller", demo.aCaller({ relationship: "spouse", version: 2 }))
      .answer("readPatient", demo.aPatientFor("representative"));
    await page.getByRole("button", { name: "Save caller" }).click();
    await page.getByText("Medical matters only").waitFor();
    await page.getByText("1 Fictional Way").waitFor();
    expect(await page.getByText("Example Mutual").count()).toBe(0);
    expect(service.seen.findLast(({ name }) => name === "putCaller")?.body).toMatchObject({
      relationship: "spouse",
      authority: {
        kind: "representative",
        verifiedBy: "verbal_consent",
        scope: "medical",
        expiresOn: "2027-01-31",
      },
    });
    await checkBothSchemes(opened, "authority-representative");
  });
  it("the intake beside the call with its meter", async () => {
    withCall(service);
    const opened = await desk.open("/desk");
    const { page } = opened;
    await page.getByText("Connected").first().waitFor();
    await page.keyboard.press("Alt+i");
    await page.waitForFunction(() => document.activeElement?.closest("fieldset") !== null);
    await page.keyboard.type("Rash on both arms");
    await page.getByLabel("Product", { exact: true }).fill("Exampla 10 mg");
    await page.getByLabel("Hospital stay").check();
    await page.getByText("4 of 4 criteria").waitFor();
    await checkBothSchemes(opened, "intake-beside-call");
  });
});
