import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { callQueue } from "./carrier.ts";
import { fillIdentityForm, openStage, Profile, type Stage, signIn } from "./lab.ts";

/**
 * Journeys through the real front door of a running lab: `./careline up --detach`, then
 * `npx vitest run --config e2e/vitest.config.ts journeys`. They kill regions and heal them again.
 */
const pictures = process.env.CARELINE_PICTURES;
const never = new AbortController().signal;
const sentence = "Rash on both arms since Monday, ";
const restOfSentence = "two days after the first tablet.";

/** Calls that a journey leaves open stay with its agent: a second run on the same lab begins at another one. */
const firstAgent = Number(process.env.CARELINE_FIRST_AGENT ?? 11);
const agent = (index: number): string => `agent${String(firstAgent + index).padStart(3, "0")}`;

/** Journeys that have not passed often enough to be part of each run; `./careline test --full` sets this. */
const withAll = process.env.CARELINE_ALL_JOURNEYS === "1";
if (!withAll) {
  process.stderr.write(
    "SKIPPED: the report with both regions down is not proven stable; run with CARELINE_ALL_JOURNEYS=1\n",
  );
}

let stage: Stage;
let profiles: Profile[] = [];

beforeAll(() => {
  stage = openStage();
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await pictureOfFailure(task.name);
  await stage.control.healAll(never);
  for (const profile of profiles) {
    await goOffline(profile);
    await profile.close();
  }
  profiles = [];
});
afterAll(async () => {
  await stage?.control.healAll(never);
});

async function newProfile(): Promise<Profile> {
  const profile = await Profile.open(stage);
  profiles.push(profile);
  return profile;
}

/** Nobody who left their desk may be offered the next journey's call. */
async function goOffline({ context }: Profile): Promise<void> {
  await context.request.put(`${stage.origin}/api/agents/me/presence`, {
    headers: { origin: stage.origin, "careline-client": "careline-journeys/0.1" },
    data: { state: "offline", reason: "end_of_shift" },
    ignoreHTTPSErrors: true,
  });
}

async function pictureOfFailure(name: string): Promise<void> {
  const pages = profiles.flatMap(({ context }) => context.pages());
  for (const [index, page] of pages.entries()) {
    await picture(page, `failed-${name.replaceAll(/\W+/g, "-").slice(0, 40)}-${index}`);
  }
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `journey-${name}.png`) });
}

/** Goes available and answers the next call, with keys alone. */
async function takeCall(page: Page, language = "en"): Promise<void> {
  await page.goto(`${stage.origin}/desk`);
  const available = page.getByRole("button", { name: "Go available" });
  const ready = page.getByRole("heading", { name: "Ready for calls" });
  // The heading of the page is there before its data: only one of these two says what to do.
  await available.or(ready).first().waitFor();
  if (await available.isVisible()) await available.press("Enter");
  await ready.waitFor();
  await callQueue(stage, {
    queueCode: "safety",
    language,
    statedReason: "Felt unwell after the new tablets",
  });
  await page.getByRole("region", { name: "A call is ringing" }).waitFor();
  await picture(page, "ringing");
  await page.keyboard.press("Alt+a");
  await page.getByText("Connected", { exact: true }).first().waitFor();
}

/** Answers the five questions by keyboard: the first yes or no, the others no. */
async function answerScreen(page: Page, adverseEvent: "Yes" | "No"): Promise<void> {
  for (const [index, group] of (
    await page.getByRole("region", { name: "Safety questions" }).getByRole("radiogroup").all()
  ).entries()) {
    await group.getByLabel(index === 0 ? adverseEvent : "No").press("Space");
  }
  await page.getByRole("button", { name: "Save answers" }).press("Enter");
}

async function finishCall(page: Page): Promise<void> {
  await page.keyboard.press("Alt+Shift+h");
  await page.getByText("Wrap-up", { exact: true }).first().waitFor();
  await page.getByLabel("Reason", { exact: true }).selectOption("adverse_event");
  await page.getByLabel("Code", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: /^Finish call/ }).waitFor();
  await expect
    .poll(() => page.getByRole("button", { name: /^Finish call/ }).isEnabled(), { timeout: 20_000 })
    .toBe(true);
  await page.keyboard.press("Alt+w");
  await page.getByRole("heading", { name: "Desk" }).waitFor({ timeout: 30_000 });
}

async function everythingConfirmed(page: Page): Promise<void> {
  await page.getByText("Everything is saved in both regions.").first().waitFor({ timeout: 60_000 });
}

describe("an agent's shift", () => {
  it("takes a call with an adverse event from ring to wrap-up by keyboard alone", async () => {
    const { context } = await newProfile();
    const page = await context.newPage();
    await signIn(page, stage, agent(0));
    await takeCall(page);
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
    const { context } = await newProfile();
    const page = await context.newPage();
    await signIn(page, stage, agent(1));
    await takeCall(page);
    await page.keyboard.press("Alt+n");
    await page.keyboard.type(sentence);
    const { primary } = await primaryOf(stage);
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
    const { context } = await newProfile();
    const page = await context.newPage();
    await signIn(page, stage, agent(2));
    await takeCall(page);
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
    await fillIdentityForm(page, stage, agent(2));
    await page.getByText("Connected", { exact: true }).first().waitFor();
    expect(await page.getByLabel("Write a note", { exact: true }).inputValue()).toBe(sentence);
  });

  it("lets two tabs share one outbox and one call", async () => {
    const { context } = await newProfile();
    const first = await context.newPage();
    await signIn(first, stage, agent(3));
    await takeCall(first);
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

  it.skipIf(!withAll)(
    "takes down a report after a reload with both regions down, and has it everywhere afterwards",
    async () => {
      const { context } = await newProfile();
      const page = await context.newPage();
      await signIn(page, stage, agent(4));
      await takeCall(page);
      // The worker that keeps the shell has to be there before the regions go.
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, {
        timeout: 30_000,
      });
      await stage.control.killSite("west", never);
      await stage.control.killSite("east", never);
      await page.reload();
      await page.getByRole("link", { name: "Open the offline intake form" }).click();
      await page.getByLabel("What happened").fill("Swollen lips after one hour");
      await page.getByLabel("Product", { exact: true }).fill("Exampla 10 mg");
      await page.getByRole("button", { name: "Record report" }).click();
      await page.getByText("Report kept; sending it.").first().waitFor();
      await picture(page, "both-down");
      await stage.control.healAll(never);
      await page
        .getByText(/Recorded as AE-/)
        .first()
        .waitFor({ timeout: 90_000 });
      await everythingConfirmed(page);
    },
  );
});

describe("a supervisor's shift", () => {
  it("watches agents change on the board without reading it again", async () => {
    const watching = await newProfile();
    const board = await watching.context.newPage();
    await signIn(board, stage, "supervisor01");
    await board.goto(`${stage.origin}/board`);
    await board.getByRole("table").waitFor();
    const { context } = await newProfile();
    const desk = await context.newPage();
    await signIn(desk, stage, agent(5));
    await takeCall(desk);
    await board.getByLabel("Name or team").fill((await agentName(desk)).split(" ").at(-1) ?? "");
    await board.getByRole("row").getByText("On a call").first().waitFor();
    await picture(board, "board");
  });
});

async function agentName(page: Page): Promise<string> {
  const label = await page.getByRole("button", { name: /^Account of/ }).getAttribute("aria-label");
  return label?.replace("Account of ", "") ?? "";
}

async function primaryOf({ origin }: Stage): Promise<{ readonly primary: "east" | "west" }> {
  const [profile] = profiles;
  const answer = await profile?.context.request.get(`${origin}/api/service-status`, {
    ignoreHTTPSErrors: true,
  });
  const body = (await answer?.json()) as { primary: "east" | "west" };
  return { primary: body.primary };
}
