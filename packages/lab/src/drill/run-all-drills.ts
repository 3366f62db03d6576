import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { describeError, systemClock } from "@careline/platform";
import { z } from "zod";
import { LabError } from "../errors.ts";
import { healLab } from "./heal-lab.ts";
import { LabStage } from "./lab-stage.ts";
import { type DrillReport, isGood } from "./report.ts";
import { type DrillOptions, type DrillProgress, runDrill } from "./run-drill.ts";
import { scenarios } from "./scenarios/index.ts";
import { suitePage } from "./suite-html.ts";
import { type SuiteFacts, suiteMarkdown } from "./suite-markdown.ts";

/** How one scenario of a suite went. */
export interface SuiteEntry {
  readonly scenario: string;
  /** `skipped`: this lab or machine cannot produce the fault; `failed`: the drill could not be run to its end. */
  readonly outcome: "kept" | "broken" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly why: string | null;
  readonly endedAt: string;
  readonly report: DrillReport | null;
  /** Folder of its own report, relative to the suite's. */
  readonly directory: string | null;
}

/** All drills, as scripts read them. Schema: docs/reference/drill-suite.schema.json. */
export interface SuiteReport {
  readonly entries: readonly SuiteEntry[];
  readonly kept: number;
  readonly broken: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface SuiteOptions extends Omit<DrillOptions, "scenario"> {
  /** Begins anew instead of going on where an interrupted suite stopped. */
  readonly fresh?: boolean;
}

export interface SuiteOutcome {
  readonly report: SuiteReport;
  /** False when anything was broken or could not be run; skipped scenarios do not count. */
  readonly isGood: boolean;
  readonly directory: string;
}

const stateSchema = z.object({ isFinished: z.boolean(), entries: z.array(z.unknown()) });

/**
 * Runs every scenario that is not apart, one after another, and writes one report. Interrupted, it goes on with the first
 * scenario that has no result; those that failed are run again. Errors: those of the lab when it is not there at all.
 */
export async function runAllDrills(
  options: SuiteOptions,
  signal: AbortSignal,
  progress: (progress: DrillProgress & { readonly scenario: string }) => void,
): Promise<SuiteOutcome> {
  const root = options.reportsDir ?? join(options.layout.rootDir, ".careline", "reports");
  const directory = join(root, "all");
  mkdirSync(directory, { recursive: true });
  const entries = options.fresh === true ? [] : unfinishedEntries(directory);
  await healWhatWasLeft(options);
  for (const { name, isApart } of scenarios) {
    if (isApart === true) continue;
    const known = entries.findIndex((entry) => entry.scenario === name);
    if (known >= 0 && entries[known]?.outcome !== "failed") continue;
    const entry = await runEntry(
      { ...options, scenario: name, reportsDir: directory },
      signal,
      progress,
    );
    if (known >= 0) entries.splice(known, 1, entry);
    else entries.push(entry);
    write(directory, entries, factsOf(options), false);
  }
  write(directory, entries, factsOf(options), true);
  const report = suiteReport(entries);
  return { report, isGood: report.broken + report.failed === 0, directory };
}

/** A suite that was killed could not end its last fault. */
async function healWhatWasLeft(options: SuiteOptions): Promise<void> {
  const clock = options.clock ?? systemClock;
  const stage = new LabStage(options.layout, clock);
  try {
    await healLab(stage, clock);
  } finally {
    await stage.close();
  }
}

async function runEntry(
  options: DrillOptions,
  signal: AbortSignal,
  progress: (progress: DrillProgress & { readonly scenario: string }) => void,
): Promise<SuiteEntry> {
  const { scenario } = options;
  const ended = (entry: Omit<SuiteEntry, "scenario" | "endedAt">): SuiteEntry => ({
    scenario,
    endedAt: (options.clock ?? systemClock).wallNow().toISOString(),
    ...entry,
  });
  try {
    const outcome = await runDrill(options, signal, (step) => progress({ ...step, scenario }));
    const { report, directory } = outcome;
    return ended({
      outcome: isGood(report) ? "kept" : "broken",
      why: null,
      report,
      directory: directory.slice(String(options.reportsDir).length + 1),
    });
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof LabError && thrown.code === "LAB_NOT_RUNNING") throw thrown;
    const isSkipped = thrown instanceof LabError && thrown.code === "FAULT_UNAVAILABLE";
    const outcome = isSkipped ? "skipped" : "failed";
    return ended({ outcome, why: describeError(thrown), report: null, directory: null });
  }
}

export function suiteReport(entries: readonly SuiteEntry[]): SuiteReport {
  const count = (outcome: SuiteEntry["outcome"]): number =>
    entries.filter((entry) => entry.outcome === outcome).length;
  return {
    entries,
    kept: count("kept"),
    broken: count("broken"),
    failed: count("failed"),
    skipped: count("skipped"),
  };
}

function unfinishedEntries(directory: string): SuiteEntry[] {
  const file = join(directory, "state.json");
  if (!existsSync(file)) return [];
  const state = stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return state.isFinished ? [] : (state.entries as SuiteEntry[]);
}

function factsOf(options: SuiteOptions): SuiteFacts {
  const { repeat = 1, agents = 50 } = options;
  const repeated = repeat === 1 ? "" : ` --repeat ${repeat}`;
  return {
    command: `./careline drill --all --agents ${agents}${repeated}`,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    agents,
  };
}

function write(
  directory: string,
  entries: readonly SuiteEntry[],
  facts: SuiteFacts,
  isFinished: boolean,
): void {
  const replace = (name: string, content: string): void => {
    writeFileSync(join(directory, `${name}.next`), content);
    renameSync(join(directory, `${name}.next`), join(directory, name));
  };
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  replace("state.json", json({ isFinished, entries }));
  replace("report.json", json(suiteReport(entries)));
  replace("report.html", suitePage(suiteReport(entries)));
  replace("report.md", suiteMarkdown(suiteReport(entries), facts));
}
