import { defaultPolicy, type Observation } from "@careline/continuity-core";
import { systemClock, systemRandom } from "@careline/platform";
import { expect, it } from "vitest";
import { ControllerLoop, type ControllerLoopDeps } from "./controller-loop.ts";

const quiet = (): void => undefined;

/** One turn of a loop whose region is looked at while `busyWith` says what goes on, in order of asking. */
async function observed(busy: { during: string | null; after: string | null }) {
  const stop = new AbortController();
  const seen: Observation[] = [];
  const actor = {
    busyWith: busy.during,
    geoRevokedAtRevision: null,
    async act(_decision: unknown, o: Observation) {
      seen.push(o);
      stop.abort();
      return false;
    },
  };
  const store = { isAnswering: false, ageMs: 0, view: null, sites: {}, openRuns: [] };
  const deps = {
    site: "east",
    bootId: "c1",
    policy: defaultPolicy,
    quorum: { seen: () => store, look: async () => undefined, view: null },
    region: {
      lookKeeper: async () => null,
      async look() {
        actor.busyWith = busy.after;
      },
      postgres: { directory: "primary", endLsn: null },
      redis: null,
      replayDelayMs: null,
      meter: { written: null, openCalls: null, look: async () => undefined },
    },
    actor,
    bootstrap: null,
    beat: { beat: async () => undefined },
    surroundings: { sees: () => [], servingAgeMs: () => null, canReachDatabase: () => false },
    clock: systemClock,
    random: systemRandom,
    log: { info: quiet, debug: quiet, error: quiet },
    isHeld: () => false,
    onDecision: quiet,
  };
  await new ControllerLoop(deps as unknown as ControllerLoopDeps).run(stop.signal);
  return seen[0];
}

it("counts what ended while it looked as still going on, so that what it saw before is not acted upon again", async () => {
  expect((await observed({ during: "rewind", after: null }))?.busyWith).toBe("rewind");
  expect((await observed({ during: null, after: "rewind" }))?.busyWith).toBe("rewind");
  expect((await observed({ during: null, after: null }))?.busyWith).toBeNull();
});
