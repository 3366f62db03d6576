import { readFileSync } from "node:fs";
import { Crew } from "@careline/lab/agents/index.ts";
import { accountOf } from "@careline/lab/identity-provider/index.ts";
import { Ledger } from "@careline/lab/ledger/index.ts";
import { systemClock } from "@careline/platform";
import type { Answer } from "@careline/portal-web/api/index.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { Journeys, picture, takeCall } from "./journeys.ts";
import { signIn } from "./lab.ts";

const never = new AbortController().signal;
const journeys = new Journeys();
const { stage } = journeys;
const agentsWatched = 100;

/** What a person does rather than a drill: two cores carry a hundred of them beside both regions and a browser. */
const unhurried = {
  typingMs: 5_000,
  thinkMs: 2_000,
  talkMs: 15_000,
  restMs: 3_000,
  adverseEventShare: 0.1,
};

afterEach(({ task }) => journeys.clear(task.result?.state === "fail" ? task.name : null));
afterAll(() => journeys.clear(null));

const labels: Readonly<Record<string, string>> = {
  available: "Available",
  offered: "Ringing",
  on_call: "On a call",
  wrapping: "Wrap-up",
  on_break: "Break",
  offline: "Offline",
};

/** Name and state of every row, read while scrolling, since only the rows in sight are in the page. */
async function rowsOnScreen(page: Page): Promise<ReadonlyMap<string, string>> {
  const rows = await page.evaluate(async () => {
    const found = new Map<string, string>();
    const scroller = document.querySelector("section[aria-labelledby='board-agents']");
    if (scroller === null) return [];
    for (let top = 0; top <= scroller.scrollHeight; top += 200) {
      scroller.scrollTop = top;
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      for (const row of scroller.querySelectorAll("tr[data-agent]")) {
        found.set(row.getAttribute("data-agent") ?? "", row.children[2]?.textContent?.trim() ?? "");
      }
    }
    scroller.scrollTop = 0;
    return [...found];
  });
  return new Map(rows);
}

async function readBoard(page: Page): Promise<Answer<"readBoard">["agents"]> {
  const answer = await page.context().request.get(`${stage.origin}/api/board`, {
    headers: { "careline-client": "careline-journeys/0.1" },
    ignoreHTTPSErrors: true,
  });
  return ((await answer.json()) as Answer<"readBoard">).agents;
}

describe("a supervisor's shift", () => {
  it("watches a hundred agents at work, each change by a delta, every state as the service has it", {
    timeout: 240_000,
  }, async () => {
    const { context } = await journeys.newProfile();
    const page = await context.newPage();
    await signIn(page, stage, "supervisor01");
    await page.goto(`${stage.origin}/board`);
    // The team's own supervisors are on it as well.
    await page.getByText(/^10\d agents$/).waitFor();
    const crew = await Crew.signIn(
      {
        accounts: Array.from({ length: agentsWatched }, (_, at) => {
          const login = `agent${String(at + 1).padStart(3, "0")}`;
          return accountOf(stage.layout, login);
        }),
        origin: stage.origin,
        authority: readFileSync(stage.layout.authorityFile),
        ledger: new Ledger(),
        clock: systemClock,
        pace: unhurried,
        seed: 1,
      },
      never,
      () => undefined,
    );
    const reads: string[] = [];
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/board") reads.push(request.url());
    });
    const seen = new Map<string, Set<string>>();
    try {
      crew.start();
      // Everybody at work: nobody is offline any more, and half of them have had a call.
      await expect
        .poll(
          async () => {
            for (const [agent, state] of await rowsOnScreen(page)) {
              seen.set(agent, (seen.get(agent) ?? new Set()).add(state));
            }
            const busy = [...seen.values()].filter((states) => states.has(labels.on_call ?? ""));
            return seen.size >= agentsWatched && busy.length >= agentsWatched / 2;
          },
          { timeout: 90_000, interval: 1_000 },
        )
        .toBe(true);
      expect(crew.failure).toBeNull();
      await picture(page, "board");
    } finally {
      await crew.stop();
    }
    // At rest the screen and the service agree about each of them.
    await expect
      .poll(
        async () => {
          const shown = await rowsOnScreen(page);
          const held = await readBoard(page);
          return held.filter(
            (agent) => !(shown.get(agent.agentId) ?? "").startsWith(labels[agent.state] ?? "?"),
          );
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toEqual([]);
    // Deltas alone: the page read the board once, when it was opened.
    expect(reads).toEqual([]);
    const changed = [...seen.values()].filter((states) => states.size > 1);
    expect(changed.length).toBeGreaterThanOrEqual(agentsWatched / 2);
  });

  it("sees an agent's call on the board as soon as it is answered", async () => {
    const watching = await journeys.newProfile();
    const board = await watching.context.newPage();
    await signIn(board, stage, "supervisor02");
    await board.goto(`${stage.origin}/board`);
    await board.getByRole("table").waitFor();
    const { context } = await journeys.newProfile();
    const desk = await context.newPage();
    await signIn(desk, stage, Journeys.agent(5));
    await takeCall(desk, stage);
    await board.getByLabel("Name or team").fill((await agentName(desk)).split(" ").at(-1) ?? "");
    await board.getByRole("row").getByText("On a call").first().waitFor();
  });
});

async function agentName(page: Page): Promise<string> {
  const label = await page.getByRole("button", { name: /^Account of/ }).getAttribute("aria-label");
  return label?.replace("Account of ", "") ?? "";
}
