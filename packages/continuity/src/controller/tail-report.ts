import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Approval, Loss } from "@careline/continuity-core";
import type { Clock, Logger } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import {
  type DivergedRow,
  forkFromUpstream,
  layoutOf,
  listDivergedRows,
  timelineOf,
} from "../postgres/index.ts";
import type { ActionContext } from "./site-actions.ts";

/** What one person was shown. */
export interface ShownLoss extends Loss {
  readonly by: string;
  readonly as: "orderer" | Approval["role"];
}

export interface LossCompared {
  readonly found: { readonly seconds: number; readonly rows: number };
  /** Whether no more was lost than each person was shown; null: nobody was asked, or somebody was shown that it is unknown. */
  readonly isWithinApproved: boolean | null;
}

/** Rows that were deleted count as rows. */
export function compareLoss(
  approved: readonly ShownLoss[],
  found: { readonly seconds: number | null; readonly rows: number },
): LossCompared {
  const truth = { seconds: found.seconds ?? 0, rows: found.rows };
  const isUnknown = approved.some(({ seconds, rows }) => seconds === null || rows === null);
  const isWithin = approved.every(
    ({ seconds, rows }) => truth.seconds <= (seconds ?? 0) && truth.rows <= (rows ?? 0),
  );
  return { found: truth, isWithinApproved: approved.length === 0 || isUnknown ? null : isWithin };
}

/** What a returning region had committed beyond the fork. Table names and keys only, never contents. */
export interface TailReport {
  readonly dataId: string;
  readonly run: string;
  readonly term: number;
  readonly forkLsn: string | null;
  readonly createdAt: string;
  /** What was shown to whoever ordered or approved the take-over that ended the term; empty when nobody had to be asked. */
  readonly approved: readonly ShownLoss[];
  /** The loss that people agreed to, beside the truth. */
  readonly compared: LossCompared;
  /** From the first to the last diverged commit; null without rows. */
  readonly seconds: number | null;
  readonly transactions: number;
  readonly rows: readonly DivergedRow[];
  /** Deletions have no row left to name; counted per table. */
  readonly deleted: Readonly<Record<string, number>>;
}

export interface TailReporterDeps {
  readonly config: PostgresConfig;
  readonly evidenceDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Lists the diverged transactions of a quarantined copy and keeps the list as evidence. */
export class TailReporter {
  readonly #deps: TailReporterDeps;

  constructor(deps: TailReporterDeps) {
    this.#deps = deps;
  }

  /** Writes the report once; a repeat finds it. Errors: COMMAND_FAILED, DATABASE_START_FAILED. */
  async report(name: string, context: ActionContext, signal: AbortSignal): Promise<void> {
    const { config, evidenceDir, clock, log } = this.#deps;
    const path = join(evidenceDir, `tail-${name}.json`);
    if (existsSync(path)) return;
    const copy = join(layoutOf(config).quarantineDir, name);
    const forkLsn = context.forkLsn ?? (await this.#fork(copy, context.sourceTimeline, signal));
    const found = await listDivergedRows(config, copy, forkLsn, clock, signal);
    const deleted = Object.values(found.deleted).reduce((sum, count) => sum + count, 0);
    const seconds = spanSeconds(found.rows);
    const report: TailReport = {
      dataId: name,
      run: context.run.id,
      term: context.run.term,
      forkLsn,
      createdAt: clock.wallNow().toISOString(),
      approved: context.approved,
      compared: compareLoss(context.approved, { seconds, rows: found.rows.length + deleted }),
      seconds,
      ...found,
    };
    mkdirSync(evidenceDir, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
    log.warn(
      { transactions: found.transactions, rows: found.rows.length, path },
      "what the other region did not have is in quarantine and reported",
    );
  }

  /** Unknown means that everything which is still in the log is listed: too much, never too little. */
  async #fork(copy: string, source: number | null, signal: AbortSignal): Promise<string | null> {
    const { config, clock } = this.#deps;
    const own = await timelineOf(copy);
    if (own === null || source === null) return null;
    return forkFromUpstream(config, { own, source }, clock, signal);
  }
}

function spanSeconds(rows: readonly DivergedRow[]): number | null {
  const times = rows.flatMap((row) =>
    row.committedAt === null ? [] : [new Date(row.committedAt).getTime()],
  );
  return times.length === 0 ? null : (Math.max(...times) - Math.min(...times)) / 1_000;
}
