import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { violations } from "./accessibility.ts";
import { launchBrowser } from "./browser.ts";
import { aBoard } from "./fixtures/board-data.ts";
import { aCallback, aDialledCall, aTask, taskId } from "./fixtures/callback-data.ts";
import * as demo from "./fixtures/demo-data.ts";
import type { FixtureService } from "./fixtures/fixture-service.ts";
import { ordinary, ordinaryService, withCall } from "./fixtures/scenarios.ts";

/** Pictures of each state are kept here when set, to be looked at. */
const pictures = process.env.CARELINE_PICTURES;

let browser: Browser;
let service: FixtureService;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  service = await ordinaryService();
});
afterAll(async () => {
  await browser.close();
  await service.close();
});
beforeEach(() => {
  ordinary(service);
  service.seen.length = 0;
  complaints = [];
});
afterEach(async () => {
  await context?.close();
});

async function open(path: string, size = { width: 1440, height: 900 }): Promise<Page> {
  context = await browser.newContext({
    viewport: size,
    serviceWorkers: "block",
  });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("console", (message) => {
    // Failed requests are part of some states; anything else on the console is a fault of the page.
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(service.url + path);
  return page;
}

async function picture(name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
}

type State = "loading" | "empty" | "full" | "failed" | "denied" | "read-only";

interface Screen {
  readonly path: string;
  /** Prepares the service for the state. */
  readonly states: Partial<Record<State, () => void>>;
  /** What tells that the state is on the screen. */
  readonly shows: Partial<Record<State, string | RegExp>>;
}

const failing = { kind: "problem", code: "INTERNAL" } as const;
const refusing = { kind: "problem", code: "PERMISSION_DENIED" } as const;
const silent = { kind: "silence" } as const;
const supervisor = demo.aSession({ role: "supervisor", displayName: "Sam Supervision" });

function readOnly(): void {
  service.answer("readServiceStatus", demo.serviceStatus(false));
  service.dataAge = 4.2;
}

const screens: Readonly<Record<string, Screen>> = {
  "sign-in": {
    path: "/sign-in",
    states: {
      full: () => undefined,
      failed: () => service.all({ kind: "break" }),
      "read-only": readOnly,
      denied: () => undefined,
    },
    shows: {
      full: /work account/,
      failed: /Neither region answers/,
      "read-only": /Saving paused/,
      denied: /work account/,
    },
  },
  status: {
    path: "/status",
    states: {
      loading: () => service.on("readServiceStatus", silent).on("listTerms", silent),
      empty: () => service.answer("listTerms", { terms: [] }),
      full: () => undefined,
      failed: () => service.all({ kind: "break" }),
      "read-only": readOnly,
    },
    shows: {
      loading: /Status/,
      empty: /No change of region/,
      full: /Working normally/,
      failed: /Not reachable/,
      "read-only": /Saving is paused/,
    },
  },
  desk: {
    path: "/desk",
    states: {
      loading: () => service.on("readCurrentCalls", silent),
      empty: () =>
        service
          .answer("listCalls", { items: [], next: null })
          .answer("listMissedOffers", { items: [] }),
      full: () => withCall(service),
      failed: () => service.on("readCurrentCalls", failing),
      denied: () => service.on("readCurrentCalls", refusing),
      "read-only": () => {
        withCall(service);
        readOnly();
      },
    },
    shows: {
      empty: /Ready for calls/,
      full: /Connected/,
      failed: /INTERNAL/,
      denied: /PERMISSION_DENIED/,
      "read-only": /Read-only since/,
    },
  },
  callbacks: {
    path: "/callbacks",
    states: {
      loading: () => service.on("listTasks", silent),
      empty: () => service.answer("listTasks", { items: [], next: null }),
      full: () => undefined,
      failed: () => service.on("listTasks", failing),
      denied: () => service.on("listTasks", refusing),
      "read-only": readOnly,
    },
    shows: {
      empty: /Nothing is due/,
      full: /overdue/,
      failed: /INTERNAL/,
      denied: /PERMISSION_DENIED/,
      "read-only": /Read-only since/,
    },
  },
  intake: {
    path: "/intake",
    states: {
      empty: () => service.answer("listCalls", { items: [], next: null }),
      full: () => undefined,
      failed: () => service.on("listCalls", failing),
      denied: () => service.on("listCalls", refusing),
      "read-only": readOnly,
    },
    shows: {
      empty: /Which call/,
      full: /Which call/,
      failed: /stays on this computer/,
      denied: /stays on this computer/,
      "read-only": /Read-only since/,
    },
  },
  board: {
    path: "/board",
    states: {
      loading: () => service.answer("readSession", supervisor).on("readBoard", silent),
      empty: () =>
        service.answer("readSession", supervisor).answer("readBoard", { ...aBoard(0), queues: [] }),
      full: () => service.answer("readSession", supervisor),
      failed: () => service.answer("readSession", supervisor).on("readBoard", failing),
      denied: () => undefined,
      "read-only": () => {
        service.answer("readSession", supervisor);
        readOnly();
      },
    },
    shows: {
      empty: /Nobody of your teams/,
      full: /500 agents/,
      failed: /INTERNAL/,
      denied: /You may not see this page/,
      "read-only": /Read-only since/,
    },
  },
  simulator: {
    path: "/simulator",
    states: {
      loading: () => service.on("readDemoState", silent),
      empty: () =>
        service.answer("readDemoState", { ...demo.demoState, callers: [], openCalls: 0 }),
      full: () => undefined,
      failed: () => service.on("readDemoState", failing),
      denied: () => service.answer("readSession", demo.aSession({ demo: false })),
      "read-only": readOnly,
    },
    shows: {
      full: /3 calls are open/,
      failed: /INTERNAL/,
      denied: /You may not see this page/,
      "read-only": /Read-only since/,
    },
  },
  settings: {
    path: "/settings",
    states: { full: () => undefined, "read-only": readOnly },
    shows: { full: /Keyboard shortcuts/, "read-only": /Read-only since/ },
  },
};

const cases = Object.entries(screens).flatMap(([name, screen]) =>
  (Object.keys(screen.states) as State[]).map((state) => ({ name, screen, state })),
);

/** Checks what is on the screen in both colour schemes: the page follows the system's without a new load. */
async function checkBothSchemes(name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    // A colour that is still on its way to the other scheme would be judged as if it stayed.
    await page.waitForFunction(
      () =>
        new Promise((resolve) =>
          requestAnimationFrame(() =>
            requestAnimationFrame(() =>
              resolve(
                document
                  .getAnimations()
                  .every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
              ),
            ),
          ),
        ),
    );
    await picture(`${name}-${scheme}`);
    expect([scheme, await violations(page)]).toEqual([scheme, []]);
  }
  expect(complaints).toEqual([]);
}

describe("each screen in each state, in light and dark, without a violation of WCAG 2.2 AA", () => {
  it.each(cases)("$name, $state", async ({ name, screen, state }) => {
    screen.states[state]?.();
    await open(screen.path);
    const shows = screen.shows[state];
    if (shows === undefined) await page.getByLabel("Loading…").first().waitFor();
    else await page.getByText(shows).first().waitFor();
    await checkBothSchemes(`${name}-${state}`);
  });
});

describe("what lies above the pages, in light and dark", () => {
  it("a ringing call, and why it rings no more", async () => {
    await open("/callbacks");
    await page.getByText("Ask whether the rash is gone.").first().waitFor();
    service.emit("offer", demo.anOffer());
    await page.getByRole("button", { name: /^Answer/ }).waitFor();
    await checkBothSchemes("offer-full");
    service.emit("offer", {
      ...demo.anOffer(),
      offer: { ...demo.anOffer().offer, outcome: "missed" },
    });
    await page.getByText("The call rings no more").waitFor();
    await checkBothSchemes("offer-missed");
  });
  it("the lock", async () => {
    service.answer("readSession", demo.aSession({ state: "locked" }));
    await open("/desk");
    await page.getByText("Screen locked").waitFor();
    await checkBothSchemes("lock-full");
  });
  it("a callback: prepared, outside the hours, dialled, unanswered", async () => {
    service.answer("readOwnProfile", demo.aProfile());
    await open(`/callbacks?task=${taskId}`);
    await page.getByText("Mind before you call").waitFor();
    await page.getByText("Notes of the first call").click();
    await page.getByText("Rash on both arms since Monday evening").waitFor();
    await checkBothSchemes("callback-prepared");
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
    await checkBothSchemes("callback-outside-hours");
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
    await checkBothSchemes("callback-dialling");
    const unanswered = aTask({ attempts: 1, lastResult: "no_answer" });
    service
      .answer("listTasks", { items: [unanswered], next: null })
      .answer("readCurrentCalls", { offer: null, calls: [] })
      .answer("recordCallbackOutcome", aTask({ attempts: 1 }));
    service.emit("call", {
      call: { ...dialled, state: "missed", status: "abandoned", version: 9 },
    });
    await page.getByText("How did the callback end?").waitFor();
    await checkBothSchemes("callback-unanswered");
    await page.getByRole("button", { name: "Record outcome" }).click();
    await expect
      .poll(() => service.seen.findLast(({ name }) => name === "recordCallbackOutcome")?.body)
      .toMatchObject({ kind: "try_again" });
  });
  it("cheat sheet, palette and transfer", async () => {
    withCall(service);
    await open("/desk");
    await page.getByText("Connected").first().waitFor();
    await page.keyboard.press("Alt+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await checkBothSchemes("cheat-sheet-full");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Type what you want to do").waitFor();
    await checkBothSchemes("palette-full");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Alt+t");
    await page.getByText("Demo Colleague 1", { exact: true }).waitFor();
    await checkBothSchemes("transfer-full");
  });
  it("entries that wait and one that was refused, with both versions", async () => {
    withCall(service);
    service.on("addNote", {
      kind: "problem",
      code: "STALE_VERSION",
      extra: { currentVersion: 7, current: { noteText: "What a colleague wrote meanwhile" } },
    });
    await open("/desk");
    await page
      .getByLabel("Write a note", { exact: true })
      .fill("Rash is fading, asked to call back.");
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByText("What the service has").waitFor();
    await checkBothSchemes("waiting-full");
  });
  it("the intake beside the call with its meter", async () => {
    withCall(service);
    await open("/desk");
    await page.getByText("Connected").first().waitFor();
    await page.keyboard.press("Alt+i");
    await page.waitForFunction(() => document.activeElement?.closest("fieldset") !== null);
    await page.keyboard.type("Rash on both arms");
    await page.getByLabel("Product", { exact: true }).fill("Exampla 10 mg");
    await page.getByLabel("Hospital stay").check();
    await page.getByText("4 of 4 criteria").waitFor();
    await checkBothSchemes("intake-beside-call");
  });
});

describe("small screens and magnification", () => {
  // 320 CSS pixels are 1280 at 400 %: one test holds both criteria (WCAG 1.4.4, 1.4.10).
  it.each([
    "/desk",
    "/callbacks",
    "/board",
    "/simulator",
    "/settings",
    "/intake",
    "/status",
    "/sign-in",
  ])("%s needs no sideways scrolling at 320 px", async (path) => {
    withCall(service);
    service.answer("readSession", demo.aSession({ role: "supervisor" }));
    await open(path, { width: 320, height: 640 });
    await page.locator("h1").first().waitFor({ state: "attached" });
    await page.getByLabel("Loading…").first().waitFor({ state: "detached" });
    await picture(`small-${path.slice(1)}`);
    const widths = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
    expect(await violations(page)).toEqual([]);
  });
});
