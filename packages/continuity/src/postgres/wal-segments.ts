import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Lsn, lsnBytes } from "@careline/continuity-core";
import { ContinuityError } from "../errors.ts";

const segmentPattern = /^[0-9A-F]{24}$/;

/**
 * The segment files of a timeline from the one that holds `lsn` to the last, as pg_waldump takes them. It must be told both: without
 * a first file it takes the size of segments from whichever file the directory lists first, and a preallocated one is all zeros
 * ("header specifies 0 bytes"); without a last file it ends with the first. Errors: COMMAND_FAILED when the first is not there.
 */
export function segmentsFrom(walDir: string, timeline: number, lsn: Lsn): [string, string] {
  const prefix = timeline.toString(16).toUpperCase().padStart(8, "0");
  const names = readdirSync(walDir)
    .filter((name) => segmentPattern.test(name) && name.startsWith(prefix))
    .sort();
  const last = names.at(-1);
  if (last !== undefined) {
    // Every segment file has its full size from the start.
    const first = segmentName(prefix, lsn, statSync(join(walDir, last)).size);
    if (names.includes(first)) return [first, last];
  }
  throw new ContinuityError("COMMAND_FAILED", `no log of timeline ${timeline} at ${lsn}`);
}

function segmentName(prefix: string, lsn: Lsn, segmentBytes: number): string {
  const number = Math.floor(lsnBytes(lsn) / segmentBytes);
  const perLog = 2 ** 32 / segmentBytes;
  const parts = [Math.floor(number / perLog), number % perLog];
  return prefix + parts.map((part) => part.toString(16).toUpperCase().padStart(8, "0")).join("");
}
