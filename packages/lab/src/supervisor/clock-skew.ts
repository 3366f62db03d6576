import { existsSync, globSync, renameSync, writeFileSync } from "node:fs";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import { giveTo, type Owner, runProgram } from "../layout/index.ts";
import type { FaultReport } from "./fault-command.ts";

/** Path of libfaketime's threaded library, or null where it is not installed. */
export function faketimeLibrary(): string | null {
  return globSync("/usr/lib/*/faketime/libfaketimeMT.so.1")[0] ?? null;
}

/**
 * Environment that puts a process under a clock which `clockFile` moves. The monotonic clock stays
 * true, as it does on a machine whose wall clock is set. The file is read again each second.
 */
export function skewableEnvironment(library: string, clockFile: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

/** Writes the offset of a region's clocks, whole at once. */
export function writeClockOffset(clockFile: string, seconds: number, owner: Owner | null): void {
  writeFileSync(`${clockFile}.new`, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
  if (owner !== null) giveTo(owner, `${clockFile}.new`);
  renameSync(`${clockFile}.new`, clockFile);
}

/**
 * Moves the wall clock of every process of a region, and sees a process started under the same
 * clock read the moved time. Errors: FAULT_UNAVAILABLE, FAULT_WITHOUT_EFFECT.
 */
export async function skewClock(
  clockFile: string,
  offsetSeconds: number,
  owner: Owner | null,
  clock: Clock,
  signal: AbortSignal,
): Promise<FaultReport> {
  const library = faketimeLibrary();
  if (library === null || !existsSync(clockFile)) {
    throw new LabError(
      "FAULT_UNAVAILABLE",
      "clocks of this lab cannot be skewed; SKIPPED. Install faketime and start with --skewable-clocks.",
    );
  }
  const beganAt = clock.wallNow().toISOString();
  writeClockOffset(clockFile, offsetSeconds, owner);
  // The processes look at the file once a second.
  await clock.sleep(1100, signal);
  const env = skewableEnvironment(library, clockFile);
  const { stdout } = await runProgram("date", ["+%s"], { env }, signal);
  const seen = Math.round(Number(stdout.trim()) - clock.wallNow().getTime() / 1000);
  if (Math.abs(seen - offsetSeconds) > 2) {
    throw new LabError("FAULT_WITHOUT_EFFECT", `the clock is off by ${seen} s`);
  }
  return {
    kind: "skew-clock",
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: [],
    evidence: `a process under this clock is off by ${seen} s`,
  };
}
