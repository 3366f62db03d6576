import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, readSecret, systemClock } from "@careline/platform";
import { type Account, Crew, paceOfCrew } from "../agents/index.ts";
import { LabError } from "../errors.ts";
import { totpSecretOf } from "../identity-provider/index.ts";
import type { Layout } from "../layout/index.ts";
import { Ledger, writeLedger } from "../ledger/index.ts";
import { LabStage } from "./lab-stage.ts";
import { type DrillReport, drillReport, isGood, type RunResult } from "./report.ts";
import { reportPage } from "./report-html.ts";
import { type RunDeps, runOnce } from "./run-once.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";

export interface DrillOptions {
  readonly layout: Layout;
  /** Name of a scenario. */
  readonly scenario: string;
  /** Runs one after another with the same agents. Default 1. */
  readonly repeat?: number;
  /** Simulated agents, at most 110. Default 50. */
  readonly agents?: number;
  /** Milliseconds between two writes of an agent, ±20 %. Default: a crew of any size writes as much as fifty at 400 ms. */
  readonly typingMs?: number;
  /** Seed of think times and choices. Default 1. */
  readonly seed?: number;
  /** Where reports go. Default `.careline/reports` of the clone. */
  readonly reportsDir?: string;
  readonly clock?: Clock;
}

export interface DrillProgress {
  /** Since the drill began. */
  readonly elapsedMs: number;
  readonly run: number;
  readonly text: string;
}

export interface DrillOutcome {
  /** What `--json` prints. Schema: docs/reference/drill.schema.json. */
  readonly report: DrillReport;
  /** False: something acknowledged was lost, or a rule was broken. The command then ends with a code other than 0. */
  readonly isGood: boolean;
  /** Folder with report.json, report.html, details.json and a ledger for each run. */
  readonly directory: string;
}

/** Demonstration accounts from this number on are for clients pinned to one region. */
const pinnedFrom = 111;
const agentsMax = pinnedFrom - 1;
/**
 * Between two runs. An automatic failover comes no sooner than 10 s after the last one, counted from when the deciding controller saw that one
 * complete; the one that was stopped sees it when it wakes. Without a rest, eight of ten hangs in a row measured that wait (3.8 s instead of 2.0).
 */
const restMs = 12_000;

/**
 * Runs a scenario on a running lab and writes its report.
 * Errors: DRILL_NOT_READY (nothing was done to the lab), SIGN_IN_FAILED, BAD_REQUEST (no such scenario), those of the lab.
 */
export async function runDrill(
  options: DrillOptions,
  signal: AbortSignal,
  progress: (progress: DrillProgress) => void,
): Promise<DrillOutcome> {
  const clock = options.clock ?? systemClock;
  const scenario = scenarioNamed(options.scenario);
  const stage = new LabStage(options.layout, clock);
  const ledger = new Ledger();
  const startMs = clock.monotonicMs();
  let run = 1;
  const say = (text: string): void =>
    progress({ elapsedMs: Math.round(clock.monotonicMs() - startMs), run, text });
  const unavailable = scenario.unavailable?.(stage) ?? null;
  if (unavailable !== null) throw new LabError("FAULT_UNAVAILABLE", `SKIPPED: ${unavailable}`);
  const crew = await signInCrew(options, scenario, stage, ledger, clock, say, signal);
  const results: RunResult[] = [];
  const directory = directoryOf(options, scenario, clock);
  try {
    crew.start();
    const pin: RunDeps["pin"] = (region, count, limit) =>
      Crew.signIn(
        {
          ...crewOptions(options, scenario, stage, ledger, clock),
          accounts: accountsOf(options.layout, pinnedFrom, count),
          pinnedOrigin: stage.directOrigin(region),
          via: region,
        },
        limit,
        () => {},
      );
    const deps: RunDeps = { stage, crew, ledger, clock, pin, say };
    for (; run <= (options.repeat ?? 1); run += 1) {
      if (run > 1) {
        say("letting the pause between two automatic failovers pass");
        await clock.sleep(restMs, signal);
      }
      results.push(await runOnce(deps, scenario, signal));
      ledger.forget(clock.monotonicMs());
      writeReports(directory, scenario, results);
    }
  } finally {
    await crew.stop();
    await stage.close();
  }
  const report = drillReport(
    scenario.name,
    results.map((result) => result.report),
  );
  return { report, isGood: isGood(report), directory };
}

/** Error: BAD_REQUEST with the names that exist. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = scenarios.map((scenario) => scenario.name).join(", ");
  throw new LabError("BAD_REQUEST", `there is no drill ${name}; there are ${names}`);
}

function agentsIn(options: DrillOptions, scenario: Scenario): number {
  return Math.max(options.agents ?? 50, scenario.agentsMin ?? 1);
}

function crewOptions(
  options: DrillOptions,
  scenario: Scenario,
  stage: LabStage,
  ledger: Ledger,
  clock: Clock,
): Omit<Parameters<typeof Crew.signIn>[0], "accounts"> {
  const crewPace = paceOfCrew(agentsIn(options, scenario));
  return {
    origin: stage.origin,
    authority: stage.authority,
    ledger,
    clock,
    pace: { ...crewPace, typingMs: options.typingMs ?? crewPace.typingMs },
    seed: options.seed ?? 1,
  };
}

async function signInCrew(
  options: DrillOptions,
  scenario: Scenario,
  stage: LabStage,
  ledger: Ledger,
  clock: Clock,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<Crew> {
  const count = agentsIn(options, scenario);
  if (!Number.isInteger(count) || count < 1 || count > agentsMax) {
    throw new LabError("BAD_REQUEST", `between 1 and ${agentsMax} agents, not ${count}`);
  }
  say(`signing in ${count} agents through the front door`);
  const accounts = accountsOf(options.layout, 1, count);
  const crew = { ...crewOptions(options, scenario, stage, ledger, clock), accounts };
  return Crew.signIn(crew, signal, (done) => {
    if (done % 10 === 0) say(`${done} of ${count} agents are signed in`);
  });
}

/** Demonstration accounts `agent<first>`, … with what a person would type. */
function accountsOf(layout: Layout, first: number, count: number): Account[] {
  const password = readSecret(layout.secretFile("identity-demo-password"));
  const seed = readSecret(layout.secretFile("identity-totp-seed"));
  return Array.from({ length: count }, (_, at) => {
    const login = `agent${String(first + at).padStart(3, "0")}`;
    return { login, password, totpSecret: totpSecretOf(seed, login) };
  });
}

function directoryOf(options: DrillOptions, scenario: Scenario, clock: Clock): string {
  const time = clock
    .wallNow()
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-");
  const root = options.reportsDir ?? join(options.layout.rootDir, ".careline", "reports");
  const directory = join(root, `${time}-${scenario.name}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}

function writeReports(directory: string, scenario: Scenario, results: readonly RunResult[]): void {
  const report = drillReport(
    scenario.name,
    results.map((result) => result.report),
  );
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  writeFileSync(join(directory, "report.json"), json(report));
  writeFileSync(join(directory, "details.json"), json(results.map((result) => result.details)));
  writeFileSync(join(directory, "report.html"), reportPage(scenario, report, results));
  const last = results.at(-1);
  if (last !== undefined)
    writeLedger(join(directory, `ledger-${results.length}.jsonl`), last.record);
}
