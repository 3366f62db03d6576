import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { violations } from "./accessibility.ts";
import { checkBothSchemes, picture } from "./both-schemes.ts";
import { DeskBrowser, sidewaysOverflow } from "./desk-browser.ts";
import { aBoard } from "./fixtures/board-data.ts";
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
      empty: /0 calls are open/,
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

describe("each screen in each state, in light and dark, without a violation of WCAG 2.2 AA", () => {
  it.each(cases)("$name, $state", async ({ name, screen, state }) => {
    screen.states[state]?.();
    const opened = await desk.open(screen.path);
    const { page } = opened;
    const shows = screen.shows[state];
    if (shows === undefined) await page.getByLabel("Loading…").first().waitFor();
    else await page.getByText(shows).first().waitFor();
    await checkBothSchemes(opened, `${name}-${state}`);
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
    const { page } = await desk.open(path, { viewport: { width: 320, height: 640 } });
    await page.locator("h1").first().waitFor({ state: "attached" });
    await page.getByLabel("Loading…").first().waitFor({ state: "detached" });
    await picture(page, `small-${path.slice(1)}`);
    expect(await sidewaysOverflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});
