import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "@careline/portal-web/api/index.ts";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { callQueue } from "./carrier.ts";
import { openStage, Profile, type Stage } from "./lab.ts";

/** Pictures of a journey are kept here when set. */
const pictures = process.env.CARELINE_PICTURES;
const never = new AbortController().signal;

/**
 * Calls that a journey leaves open stay with its agent: a second run on the same lab begins at another one.
 * Team 2 begins at agent101; team 1 is the crew's that a supervisor watches.
 */
const firstAgent = Number(process.env.CARELINE_FIRST_AGENT ?? 101);

/**
 * Journeys through the real front door of a running lab: `./careline up --detach`, then
 * `npx vitest run --config e2e/vitest.config.ts journeys`. Some kill regions and heal them again.
 */
export class Journeys {
  readonly stage: Stage = openStage();
  #profiles: Profile[] = [];

  /** The login of the journey's own agent; each journey has another index. */
  static agent(index: number): string {
    return `agent${String(firstAgent + index).padStart(3, "0")}`;
  }

  /** A browser profile of its own, closed after the journey. */
  async newProfile(options: Parameters<typeof Profile.open>[1] = {}): Promise<Profile> {
    const profile = await Profile.open(this.stage, options);
    this.#profiles.push(profile);
    return profile;
  }

  /** Ends what the journey left: faults, presence, browsers. `failedAs` names the pictures of a failed one. */
  async clear(failedAs: string | null): Promise<void> {
    if (failedAs !== null) await this.#picturesOfFailure(failedAs);
    await this.stage.control.healAll(never);
    for (const profile of this.#profiles) {
      await goOffline(this.stage, profile);
      await profile.close();
    }
    this.#profiles = [];
  }

  async #picturesOfFailure(name: string): Promise<void> {
    const pages = this.#profiles.flatMap(({ context }) => context.pages());
    for (const [index, page] of pages.entries()) {
      await picture(page, `failed-${name.replaceAll(/\W+/g, "-").slice(0, 40)}-${index}`);
    }
  }

  /** The region that writes, as the service says it. */
  async primary(): Promise<"east" | "west"> {
    const [profile] = this.#profiles;
    if (profile === undefined) throw new Error("nobody's browser is open");
    const answer = await profile.context.request.get(`${this.stage.origin}/api/service-status`, {
      ignoreHTTPSErrors: true,
    });
    const { primary } = (await answer.json()) as Answer<"readServiceStatus">;
    if (primary !== "east" && primary !== "west") throw new Error("no region is known to write");
    return primary;
  }
}

/** Nobody who left their desk may be offered the next journey's call. */
async function goOffline(stage: Stage, { context }: Profile): Promise<void> {
  await context.request
    .put(`${stage.origin}/api/agents/me/presence`, {
      headers: { origin: stage.origin, "careline-client": "careline-journeys/0.1" },
      data: { state: "offline", reason: "end_of_shift" },
      ignoreHTTPSErrors: true,
    })
    // A journey that ended in the middle of a failover: whoever is gone from the stream is offered nothing either.
    .catch(() => undefined);
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `journey-${name}.png`) });
}

interface Caller {
  readonly language?: string;
  readonly phone?: string;
}

/** Goes available and answers the next call, with keys alone. */
export async function takeCall(page: Page, stage: Stage, caller: Caller = {}): Promise<void> {
  await page.goto(`${stage.origin}/desk`);
  const available = page.getByRole("button", { name: "Go available" });
  const ready = page.getByRole("heading", { name: "Ready for calls" });
  // The heading of the page is there before its data: only one of these two says what to do.
  await available.or(ready).first().waitFor();
  if (await available.isVisible()) await available.press("Enter");
  await ready.waitFor();
  await callQueue(stage, {
    queueCode: "safety",
    language: "en",
    statedReason: "Felt unwell after the new tablets",
    // Before whatever another journey left waiting.
    priority: 1,
    ...caller,
  });
  await page.getByRole("region", { name: "A call is ringing" }).waitFor();
  await picture(page, "ringing");
  await page.keyboard.press("Alt+a");
  await page.getByText("Connected", { exact: true }).first().waitFor();
}

/** Answers the five questions by keyboard: the first yes or no, the others no. */
export async function answerScreen(page: Page, adverseEvent: "Yes" | "No"): Promise<void> {
  for (const [index, group] of (
    await page.getByRole("region", { name: "Safety questions" }).getByRole("radiogroup").all()
  ).entries()) {
    await group.getByLabel(index === 0 ? adverseEvent : "No").press("Space");
  }
  await page.getByRole("button", { name: "Save answers" }).press("Enter");
}

export async function finishCall(page: Page, reason = "adverse_event"): Promise<void> {
  await page.keyboard.press("Alt+Shift+h");
  await page.getByText("Wrap-up", { exact: true }).first().waitFor();
  await page.getByLabel("Reason", { exact: true }).selectOption(reason);
  await page.getByLabel("Code", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: /^Finish call/ }).waitFor();
  await expect
    .poll(() => page.getByRole("button", { name: /^Finish call/ }).isEnabled(), { timeout: 20_000 })
    .toBe(true);
  await page.keyboard.press("Alt+w");
  await page.getByRole("heading", { name: "Desk" }).waitFor({ timeout: 30_000 });
}

export async function everythingConfirmed(page: Page): Promise<void> {
  await page.getByText("Everything is saved in both regions.").first().waitFor({ timeout: 60_000 });
}
