import { appendFileSync, writeFileSync } from "node:fs";
import type { Acknowledgement, LedgerRecord, Trouble } from "./acknowledgement.ts";

/** Most acknowledgements of one run: an hour of 50 agents at five writes a second. */
const acknowledgementsMax = 1_000_000;

/**
 * What clients were promised, kept outside both regions: in the memory of the load's own process, and
 * on its disk once a run has ended. Nothing here holds content: keys, positions and times only.
 */
export class Ledger {
  #acknowledgements: Acknowledgement[] = [];
  #troubles: Trouble[] = [];
  #replays: { key: string; atMs: number }[] = [];

  acknowledged(acknowledgement: Acknowledgement): void {
    if (this.#acknowledgements.length >= acknowledgementsMax) {
      throw new RangeError(`the ledger holds ${acknowledgementsMax} acknowledgements already`);
    }
    this.#acknowledgements.push(acknowledgement);
  }

  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
  }

  replayed(key: string, atMs: number): void {
    this.#replays.push({ key, atMs });
  }

  /** What was recorded since `sinceMs`. */
  record(sinceMs: number = Number.NEGATIVE_INFINITY): LedgerRecord {
    return {
      acknowledgements: this.#acknowledgements.filter((entry) => entry.receivedAtMs >= sinceMs),
      troubles: this.#troubles.filter((entry) => entry.atMs >= sinceMs),
      replays: this.#replays.filter((entry) => entry.atMs >= sinceMs),
    };
  }

  /** Forgets what is older than `beforeMs`: a run that was verified needs no memory. */
  forget(beforeMs: number): void {
    this.#acknowledgements = this.#acknowledgements.filter((e) => e.receivedAtMs >= beforeMs);
    this.#troubles = this.#troubles.filter((entry) => entry.atMs >= beforeMs);
    this.#replays = this.#replays.filter((entry) => entry.atMs >= beforeMs);
  }
}

/** Writes a record as JSON lines, one acknowledgement, trouble or replay each. */
export function writeLedger(path: string, record: LedgerRecord): void {
  writeFileSync(path, "");
  const lines = [
    ...record.acknowledgements.map((entry) => ({ kind: "acknowledged", ...entry })),
    ...record.troubles.map((entry) => ({ kind: "trouble", ...entry })),
    ...record.replays.map((entry) => ({ kind: "replayed", ...entry })),
  ].map((entry) => JSON.stringify(entry));
  for (let at = 0; at < lines.length; at += 5_000) {
    appendFileSync(path, `${lines.slice(at, at + 5_000).join("\n")}\n`);
  }
}
