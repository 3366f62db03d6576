import { type Clock, describeError } from "@careline/platform";
import type { AgentExperience, Crew } from "../agents/index.ts";
import { LabError } from "../errors.ts";
import type { Region } from "../layout/index.ts";
import {
  type Acknowledgement,
  clientOutages,
  comparePromises,
  type Ledger,
  type PromisesKept,
  worstOutage,
} from "../ledger/index.ts";
import type { Course } from "./course.ts";
import { sceneOf, untilTerm } from "./direct-scene.ts";
import { healLab } from "./heal-lab.ts";
import { judge } from "./judge.ts";
import type { LabStage } from "./lab-stage.ts";
import { marksOf, noPhases, type Phases, phasesOf } from "./phases.ts";
import { regionViews } from "./region-views.ts";
import type { RunResult } from "./report.ts";
import type { Scenario, Scene } from "./scenario.ts";
import { timelineOf } from "./timeline.ts";
import { poll, untilProtected } from "./waits.ts";

export interface RunDeps {
  readonly stage: LabStage;
  readonly crew: Crew;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Signs more clients in, pinned to a region's own port. */
  readonly pin: (region: Region, count: number, signal: AbortSignal) => Promise<Crew>;
  readonly say: (text: string) => void;
}

/** All in milliseconds. Each is far above what a healthy lab needs, so that reaching one is a finding. */
const limits = {
  ready: 120_000,
  protect: 240_000,
  replay: 30_000,
  settle: 2_000,
  before: 3_000,
};

/** A crew begins with a few hundred handshakes and first reads at once; a hundred agents took 26 s beside two other labs. */
const warmLimitMs = (agents: number): number => 20_000 + 600 * agents;

/**
 * One run: healthy and protected → everyone at work → fault → served again → healed → protected again → verified.
 * The lab is healed whatever happens. Errors: DRILL_NOT_READY before the fault; after it, what went wrong is in the result.
 */
export async function runOnce(
  deps: RunDeps,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<RunResult> {
  const course = await prepare(deps, signal);
  const pinned: Crew[] = [];
  const pin = async (region: Region, count: number, limit: AbortSignal): Promise<void> => {
    const crew = await deps.pin(region, count, limit);
    crew.start();
    pinned.push(crew);
  };
  const scene = sceneOf({ ...deps, pin }, course, signal);
  try {
    if (scenario.pinnedClients !== undefined) {
      await scene.pinClients(course.primary, scenario.pinnedClients);
    }
    course.faultAtMs = deps.clock.monotonicMs();
    scene.note(scenario.what);
    course.faultAtMs = deps.stage.monotonicOf(await scenario.fault(scene));
    course.recoveredAtMs = await untilServed(deps, scenario, course, signal);
    scene.note("every client is served again");
    await deps.clock.sleep(limits.settle, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    course.problem = thrown;
    scene.note(`broke off: ${describeError(thrown)}`);
  } finally {
    scene.note("healing");
    await heal(deps, scenario, scene);
  }
  course.protectedAtMs = await untilProtected(deps.stage, deps.clock, limits.protect, signal);
  if (course.protectedAtMs !== null) scene.note("healed and protected again");
  for (const crew of pinned) await crew.stop();
  return conclude(deps, scenario, course, signal);
}

async function prepare(deps: RunDeps, signal: AbortSignal): Promise<Course> {
  const { stage, clock, crew } = deps;
  deps.say("waiting until both regions are healthy and protected");
  const readyAt = await untilProtected(stage, clock, limits.ready, signal);
  if (readyAt === null) throw new LabError("DRILL_NOT_READY", "the lab is not protected");
  deps.say("waiting until all agents are at work");
  const isWarm = (): boolean => {
    if (crew.failure !== null) {
      throw new LabError("DRILL_NOT_READY", "an agent stopped by itself", { cause: crew.failure });
    }
    return crew.streaming === crew.size && crew.onCalls >= crew.size / 2;
  };
  const notes: Course["notes"] = [];
  if (!(await poll(clock, 200, warmLimitMs(crew.size), signal, isWarm))) {
    const { streaming, onCalls, size } = crew;
    const what = `of ${size} agents ${streaming} hear events and ${onCalls} are on a call`;
    // Without calls the agents still write each quarter of a second; without a stream they are not at work.
    if (streaming < size) throw new LabError("DRILL_NOT_READY", what);
    notes.push({ atMs: clock.monotonicMs(), text: what });
  }
  const startMs = clock.monotonicMs();
  await clock.sleep(limits.before, signal);
  const { term } = await stage.operators.status(signal);
  return {
    primary: await stage.primary(signal),
    termBefore: term,
    startedAt: clock.wallNow(),
    startMs,
    notes,
    before: crew.experiences().map((seen) => structuredClone(seen)),
    knownRuns: new Set((await stage.operators.runs(signal)).map(({ id }) => id)),
    unmet: [],
    termSeen: term,
    faultAtMs: clock.monotonicMs(),
    recoveredAtMs: null,
    protectedAtMs: null,
    problem: null,
  };
}

async function heal(deps: RunDeps, scenario: Scenario, scene: Scene): Promise<void> {
  try {
    await scenario.heal(scene);
  } finally {
    // Also what a scenario that broke off half-way had done.
    await healLab(deps.stage, deps.clock);
  }
}

/** Each client must be acknowledged once more after the scenario has done all it does: what it did last may be the worst. */
function untilServed(
  deps: RunDeps,
  scenario: Scenario,
  course: Course,
  signal: AbortSignal,
): Promise<number | null> {
  const term = scenario.primary === "moves" ? course.termBefore + 1 : course.termBefore;
  return untilTerm(deps, term, deps.clock.monotonicMs(), signal);
}

async function conclude(
  deps: RunDeps,
  scenario: Scenario,
  course: Course,
  signal: AbortSignal,
): Promise<RunResult> {
  const { clock, ledger, stage, crew } = deps;
  deps.say("comparing what was promised with what the database holds");
  const promises = await verifyPromises(deps, course, signal);
  const endMs = clock.monotonicMs();
  const record = ledger.record(course.startMs);
  const door = record.acknowledgements.filter((ack) => ack.via === "front-door");
  const recoveredMs = course.recoveredAtMs ?? endMs;
  const outages = clientOutages(door, course.faultAtMs, recoveredMs);
  const later = worstOutage(clientOutages(door, recoveredMs, endMs));
  const status = await stage.operators.status(signal);
  const experiences = sinceThen(course.before, crew.experiences());
  const violations = judge({
    scenario,
    primaryBefore: course.primary,
    primaryAfter: status.primary,
    acknowledgements: record.acknowledgements,
    promises,
    experiences,
    views: await regionViews(stage, clock, signal),
    notServed: notServed(course),
    isProtectedAgain: course.protectedAtMs !== null,
    unmet: course.unmet,
  });
  const { phases, cause } = await phasesSeen(deps, course, door, signal);
  const troubles = record.troubles.filter((trouble) => trouble.atMs >= course.faultAtMs);
  const fromMs = course.faultAtMs - 2_000;
  const relative = (ms: number): number => Math.round(ms - course.faultAtMs);
  return {
    report: {
      outageMs: Math.round(worstOutage(outages)?.outageMs ?? 0),
      phases,
      acknowledged: promises.acknowledged,
      lost: promises.lost,
      replayed: record.replays.length,
      errorsSeen: troubles.length,
      invariantsViolated: violations.map(({ rule, what }) => `${rule}: ${what}`),
    },
    details: {
      startedAt: course.startedAt.toISOString(),
      primaryBefore: course.primary,
      primaryAfter: status.primary,
      termBefore: course.termBefore,
      termAfter: status.term,
      cause,
      notes: course.notes.map(({ atMs, text }) => ({ atMs: relative(atMs), text })),
      protectedAgainMs: course.protectedAtMs === null ? null : relative(course.protectedAtMs),
      laterPauseMs: Math.round(later?.outageMs ?? 0),
      outages: outages.map((outage) => ({
        ...outage,
        lastBeforeMs: relative(outage.lastBeforeMs),
        firstAfterMs: outage.firstAfterMs === null ? null : relative(outage.firstAfterMs),
        outageMs: Math.round(outage.outageMs),
      })),
      experiences,
      troubleCodes: countBy(troubles.map(({ code }) => code)),
      promises,
      violations,
      timelineFromMs: relative(fromMs),
      timeline: timelineOf(record.acknowledgements, fromMs, recoveredMs + 3_000),
    },
    record,
  };
}

/**
 * Missing keys may still be on their way: outboxes replay by themselves. What is neither there nor, where that is enough, in a
 * report of diverged rows after 30 s is lost.
 */
async function verifyPromises(
  deps: RunDeps,
  course: Course,
  signal: AbortSignal,
): Promise<PromisesKept> {
  const { clock, ledger, stage } = deps;
  const acks = ledger.record(course.startMs).acknowledgements;
  const all = [...new Set(acks.filter((ack) => ack.isKeyed).map((ack) => ack.key))];
  let unseen = all;
  let kept = comparePromises(acks, new Set(), new Set());
  await poll(clock, 500, limits.replay, signal, async () => {
    unseen = await stage.missingKeys(await stage.primary(signal), unseen, signal);
    const reported =
      unseen.length === 0 ? new Set<string>() : await stage.operators.divergedKeys(signal);
    const gone = new Set(unseen);
    kept = comparePromises(acks, new Set(all.filter((key) => !gone.has(key))), reported);
    return kept.lostKeys.length === 0;
  });
  return kept;
}

async function phasesSeen(
  deps: RunDeps,
  course: Course,
  door: readonly Acknowledgement[],
  signal: AbortSignal,
): Promise<{ readonly phases: Phases; readonly cause: string | null }> {
  const history = await deps.stage.operators.history(signal);
  const entry = history
    .filter(({ term }) => term > course.termBefore)
    .toSorted((a, b) => a.term - b.term)[0];
  if (entry === undefined) return { phases: noPhases, cause: null };
  const firstOf = new Map<string, number>();
  for (const ack of door) {
    if (ack.term < entry.term) continue;
    firstOf.set(
      ack.client,
      Math.min(firstOf.get(ack.client) ?? ack.receivedAtMs, ack.receivedAtMs),
    );
  }
  const times = [...firstOf.values()].toSorted((a, b) => a - b);
  const served = { firstAckAtMs: times[0] ?? null, allServedAtMs: times.at(-1) ?? null };
  const marks = marksOf(entry, course.faultAtMs, served, (wall) => deps.stage.monotonicOf(wall));
  return { phases: phasesOf(marks), cause: entry.cause ?? null };
}

function notServed({ recoveredAtMs, problem }: Course): string | null {
  if (problem !== null) return describeError(problem);
  return recoveredAtMs === null ? "not served in time" : null;
}

function sinceThen(
  before: readonly AgentExperience[],
  after: readonly AgentExperience[],
): AgentExperience[] {
  const old = new Map(before.map((seen) => [seen.client, seen]));
  return after.map((seen) => {
    const then = old.get(seen.client);
    const refusals = Object.entries(seen.refusals)
      .map(([code, count]) => [code, count - (then?.refusals[code] ?? 0)] as const)
      .filter(([, count]) => count > 0);
    return {
      ...seen,
      callsAnswered: seen.callsAnswered - (then?.callsAnswered ?? 0),
      callsClosed: seen.callsClosed - (then?.callsClosed ?? 0),
      signOuts: seen.signOuts - (then?.signOuts ?? 0),
      refusals: Object.fromEntries(refusals),
    };
  });
}

function countBy(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
