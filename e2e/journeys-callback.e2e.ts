import { demoPatient } from "@careline/portal-api/demo/demo-people.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import {
  answerScreen,
  everythingConfirmed,
  finishCall,
  Journeys,
  picture,
  takeCall,
} from "./journeys.ts";
import { signIn } from "./lab.ts";

/** This callee always picks up (calleeHabits of the carrier). */
const phone = "+15555550196";
const journeys = new Journeys();
const { stage } = journeys;

afterEach(({ task }) => journeys.clear(task.result?.state === "fail" ? task.name : null));
afterAll(() => journeys.clear(null));

/** Types what the caller says; the record itself stays hidden until both match and it is said who is calling. */
async function verify(page: Page, patient: ReturnType<typeof demoPatient>): Promise<void> {
  const panel = page.getByRole("region", { name: "Patient" });
  await panel.getByLabel("Date of birth").fill(patient.dateOfBirth);
  await panel.getByLabel("ZIP code").fill(patient.zipCode);
  await panel.getByRole("button", { name: /^Verify/ }).click();
  await panel.getByText("Identifiers match", { exact: true }).waitFor();
  await panel.getByRole("button", { name: "The patient", exact: true }).press("Enter");
  await panel.getByText("Identity verified").first().waitFor();
  await panel.getByText("the caller is the patient").first().waitFor();
}

describe("a callback", () => {
  it("is planned on a call, dialled from its task to the verified patient, and ends with its outcome", async () => {
    const patient = demoPatient(90);
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, Journeys.agent(6));
    await takeCall(page, stage, { phone });
    await page.getByLabel("Find a patient").waitFor();
    await page.keyboard.press("Alt+p");
    await page.keyboard.type(patient.mrn);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: new RegExp(`^Open .*${patient.lastName}`) }).click();
    await verify(page, patient);
    await page.getByRole("button", { name: "Plan a follow-up or callback" }).click();
    await page.getByText("Callback", { exact: true }).click();
    await page.getByLabel("Due", { exact: true }).fill("2026-01-02T10:00");
    await page.getByLabel("What is to be done").fill("Ask whether the rash is gone.");
    await page.getByRole("button", { name: "Plan it" }).click();
    await answerScreen(page, "No");
    await finishCall(page, "general");
    await everythingConfirmed(page);

    await page.getByText("1 follow-up is due").waitFor();
    await page.getByRole("link", { name: "Show them" }).click();
    await page.getByRole("button", { name: "Prepare the call" }).first().click();
    await page.getByText(patient.mrn).first().waitFor();
    await picture(page, "callback-prepared");
    // By night at the patient's home the desk asks why.
    const why = page.getByLabel("Why now?");
    if (await why.isVisible()) await why.selectOption("callee_agreed");
    await page.getByRole("button", { name: "Call now" }).click();
    await page.getByText("Dialling…").first().waitFor();
    await page.getByText("Connected", { exact: true }).first().waitFor();
    // Who answers may be somebody else: nothing of the record shows before two identifiers match.
    expect(await page.getByText(patient.address).count()).toBe(0);
    await verify(page, patient);
    await page.getByText(patient.address).first().waitFor();
    await page
      .getByRole("region", { name: "Callback" })
      .getByRole("button", { name: "Record outcome" })
      .click();
    await page.getByRole("region", { name: "Callback" }).waitFor({ state: "detached" });
    await picture(page, "callback-connected");
    await answerScreen(page, "No");
    await finishCall(page, "general");
    await everythingConfirmed(page);
    await page.goto(`${stage.origin}/callbacks`);
    await page.getByText("Nothing is due. Well done.").waitFor();
  });
});
