import { afterAll, afterEach, describe, expect, it } from "vitest";
import {
  answerScreen,
  everythingConfirmed,
  finishCall,
  Journeys,
  picture,
  takeCall,
} from "./journeys.ts";
import { fillIdentityForm, signIn } from "./lab.ts";

const never = new AbortController().signal;
const sentence = "Rash on both arms since Monday, ";
const restOfSentence = "two days after the first tablet.";

const journeys = new Journeys();
const { stage } = journeys;

afterEach(({ task }) => journeys.clear(task.result?.state === "fail" ? task.name : null));
afterAll(() => journeys.clear(null));

describe("an agent's shift", () => {
  it("takes a call with an adverse event from ring to wrap-up by keyboard alone", async () => {
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, Journeys.agent(0));
    await takeCall(page, stage);
    await page.keyboard.press("Alt+n");
    await page.keyboard.type(sentence + restOfSentence);
    await page.keyboard.press("Control+Enter");
    await page
      .getByRole("article")
      .getByText(sentence + restOfSentence)
      .first()
      .waitFor();
    await page.keyboard.press("Alt+i");
    await page.waitForFunction(() => document.activeElement?.closest("fieldset") !== null);
    await page.keyboard.type("Rash on both arms");
    await page.getByLabel("Product", { exact: true }).press("Tab");
    await page.getByLabel("Product", { exact: true }).focus();
    await page.keyboard.type("Exampla 10 mg");
    await page.getByLabel("Initials").focus();
    await page.keyboard.type("R.E.");
    await page.getByText("4 of 4 criteria").first().waitFor();
    await picture(page, "intake");
    await page.getByRole("button", { name: "Record report" }).press("Enter");
    await page
      .getByText(/Recorded as AE-/)
      .first()
      .waitFor();
    await answerScreen(page, "Yes");
    await finishCall(page);
    await everythingConfirmed(page);
    await picture(page, "finished");
  });

  it("goes on through the loss of a region in the middle of a sentence, without signing in again", async () => {
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, Journeys.agent(1));
    await takeCall(page, stage);
    await page.keyboard.press("Alt+n");
    await page.keyboard.type(sentence);
    const primary = await journeys.primary();
    await stage.control.killSite(primary, never);
    await page.keyboard.type(restOfSentence, { delay: 20 });
    await page.keyboard.press("Control+Enter");
    await page
      .getByRole("article")
      .getByText(sentence + restOfSentence)
      .first()
      .waitFor();
    await picture(page, "region-lost");
    await page
      .getByText(/(Everything is saved|Saved; waiting for the other region)/)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(new URL(page.url()).pathname).toBe("/desk");
    await answerScreen(page, "No");
    await page.reload();
    await page
      .getByRole("article")
      .getByText(sentence + restOfSentence)
      .first()
      .waitFor();
    await page.getByText("Connected", { exact: true }).first().waitFor();
    await stage.control.healSite(primary, never);
    await everythingConfirmed(page);
  });

  it("keeps call and draft through lock and unlock", async () => {
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, Journeys.agent(2));
    await takeCall(page, stage);
    await page.keyboard.press("Alt+n");
    await page.keyboard.type(sentence);
    await page
      .getByText(/Draft kept/)
      .first()
      .waitFor();
    await page.keyboard.press("Alt+l");
    await page.getByText("Screen locked").first().waitFor();
    expect(await page.getByText(sentence).count()).toBe(0);
    await picture(page, "locked");
    await page.reload();
    await page.getByText("Screen locked").first().waitFor();
    await page.getByRole("link", { name: "Unlock" }).press("Enter");
    await fillIdentityForm(page, stage, Journeys.agent(2));
    await page.getByText("Connected", { exact: true }).first().waitFor();
    expect(await page.getByLabel("Write a note", { exact: true }).inputValue()).toBe(sentence);
  });

  it("lets two tabs share one outbox and one call", async () => {
    const { context } = await journeys.newProfile();
    const first = await context.newPage();
    await signIn(first, stage, Journeys.agent(3));
    await takeCall(first, stage);
    const second = await context.newPage();
    await second.goto(`${stage.origin}/desk`);
    await second.getByText("Connected", { exact: true }).first().waitFor();
    await second.getByLabel("Write a note", { exact: true }).fill("Written in the second tab");
    await second.keyboard.press("Control+Enter");
    await second.getByRole("article").getByText("Written in the second tab").first().waitFor();
    await first.keyboard.press("Alt+h");
    await second.getByText("On hold", { exact: true }).first().waitFor();
    await everythingConfirmed(second);
    await first.reload();
    await first.getByRole("article").getByText("Written in the second tab").first().waitFor();
  });
});
