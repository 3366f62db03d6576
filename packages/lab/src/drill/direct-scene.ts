import type { Clock } from "@careline/platform";
import type { Crew } from "../agents/index.ts";
import { LabError } from "../errors.ts";
import { otherRegion, type Region } from "../layout/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Course } from "./course.ts";
import { untilRun, untilRunEnds, untilStep } from "./journal.ts";
import type { LabStage } from "./lab-stage.ts";
import { servingRegions } from "./region-views.ts";
import type { Scene } from "./scenario.ts";
import { poll, untilProtected } from "./waits.ts";

export interface SceneDeps {
  readonly stage: LabStage;
  readonly crew: Crew;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  /** Puts clients to work that keep to one region's own port. */
  readonly pin: (region: Region, count: number, signal: AbortSignal) => Promise<void>;
}

/** Far above what a healthy lab needs, so that reaching one is a finding. Milliseconds. */
const limits = { recover: 90_000, protect: 240_000 };

/** What a scenario works with. */
export function sceneOf(deps: SceneDeps, course: Course, signal: AbortSignal): Scene {
  const { clock, stage } = deps;
  const { operators } = stage;
  return {
    stage,
    primary: course.primary,
    standby: otherRegion(course.primary),
    signal,
    note(text) {
      course.notes.push({ atMs: clock.monotonicMs(), text });
      deps.say(text);
    },
    expect(isTrue, claim) {
      course.notes.push({
        atMs: clock.monotonicMs(),
        text: `${isTrue ? "as expected" : "NOT AS EXPECTED"}: ${claim}`,
      });
      if (!isTrue) course.unmet.push(claim);
    },
    sleep: (ms) => clock.sleep(ms, signal),
    wallMs: () => clock.wallNow().getTime(),
    async untilMoved() {
      const served = await untilTerm(deps, course.termSeen + 1, course.faultAtMs, signal);
      if (served === null) throw new LabError("DRILL_UNFINISHED", "the primary did not move");
      course.termSeen = (await operators.status(signal)).term;
    },
    async untilWhole() {
      const wholeAt = await untilProtected(stage, clock, limits.protect, signal);
      if (wholeAt === null) throw new LabError("DRILL_UNFINISHED", "not protected again");
    },
    serving: () => servingRegions(stage, clock, signal),
    until: (limitMs, isTrue) => poll(clock, 100, limitMs, signal, isTrue),
    untilRun: (kind) => untilRun(operators, kind, course.knownRuns, clock, signal),
    untilStep: (runId, step) => untilStep(operators, runId, step, clock, signal),
    untilRunEnds: (runId) => untilRunEnds(operators, runId, clock, signal),
    pinClients: (region, count) => deps.pin(region, count, signal),
  };
}

/** When every client had been acknowledged by `term` or a later one, for a request sent after `sinceMs`. Null: not in time. */
export async function untilTerm(
  deps: Pick<SceneDeps, "clock" | "crew" | "ledger">,
  term: number,
  sinceMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const { clock, crew, ledger } = deps;
  const served = (): boolean => {
    const fresh = ledger
      .record(sinceMs)
      .acknowledgements.filter(
        (ack) => ack.via === "front-door" && ack.term >= term && ack.sentAtMs >= sinceMs,
      );
    return new Set(fresh.map((ack) => ack.client)).size >= crew.size;
  };
  const isServed = await poll(clock, 50, limits.recover, signal, served);
  return isServed ? clock.monotonicMs() : null;
}
