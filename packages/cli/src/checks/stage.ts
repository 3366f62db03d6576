/** What a stage found. */
export interface StageCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One part of `careline test`. */
export interface Stage {
  readonly name: string;
  /** What it does, shown while it runs. */
  readonly what: string;
  /** Runs it; output goes to `run.logFile`. Throws only when it could not be run at all. */
  readonly run: (run: StageRun) => Promise<StageCounts>;
}

export interface StageRun {
  readonly rootDir: string;
  readonly logFile: string;
  /** Runs a program with its output in the log; answers with its exit code. */
  readonly exec: (
    command: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<number>;
  /** Adds a line to the log. */
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface StageResult {
  readonly name: string;
  readonly counts: StageCounts;
  readonly tookMs: number;
  readonly logFile: string;
  /** Why it could not be run, or null. */
  readonly problem: string | null;
}

export const nothing: StageCounts = { passed: 0, failed: 0, skipped: 0 };

/** One check that either passes or fails. */
export function oneCheck(isGood: boolean): StageCounts {
  return { passed: isGood ? 1 : 0, failed: isGood ? 0 : 1, skipped: 0 };
}

export function addCounts(a: StageCounts, b: StageCounts): StageCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The line that scripts look for: `12 passed, 0 failed`, and how many were skipped if any. */
export function closingLine({ passed, failed, skipped }: StageCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
