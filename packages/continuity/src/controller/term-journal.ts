import type { QuorumView, RunRecord } from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import { z } from "zod";
import { parseRecord, type StoreChannel } from "../store/index.ts";
import type { KeeperReport } from "./keeper-client.ts";

const PRUNED_AT_ONCE_MAX = 100;
const mark = z.iso.datetime().nullable();

/** `milestones/<term>`: when the beginning of a term reached each phase, by the wall clock of the region that began it. */
const milestoneRecordSchema = z.object({
  term: z.number().int(),
  primary: z.enum(["east", "west"]),
  cause: z.string(),
  run: z.string().nullable(),
  startedAt: z.string(),
  phases: z.object({
    lapsedAt: mark,
    decidedAt: mark,
    wonAt: mark,
    promotedAt: mark,
    servingAt: mark,
  }),
});
export type MilestoneRecord = z.infer<typeof milestoneRecordSchema>;

/** Keeps the phases of each term's beginning in the store, so that reports outlive the region that saw them. */
export class TermJournal {
  readonly #channel: StoreChannel;
  readonly #clock: Clock;
  readonly #log: Logger;
  #written = 0;

  constructor(channel: StoreChannel, clock: Clock, log: Logger) {
    this.#channel = channel;
    this.#clock = clock;
    this.#log = log;
  }

  /** Written once per term, by the primary's controller when its keeper serves. */
  async note(
    view: QuorumView | null,
    keeper: KeeperReport | null,
    signal: AbortSignal,
  ): Promise<void> {
    const term = view?.term.record;
    if (!term || keeper?.phase !== "serving" || this.#written === term.term) return;
    if (keeper.milestones.term !== term.term || keeper.milestones.servingAt === null) return;
    const { lapsedAt, decidedAt, wonAt, promotedAt, servingAt } = keeper.milestones;
    const value: MilestoneRecord = {
      term: term.term,
      primary: term.primary,
      cause: term.cause,
      run: term.run,
      startedAt: term.startedAt,
      phases: { lapsedAt, decidedAt, wonAt, promotedAt, servingAt },
    };
    this.#written = term.term;
    try {
      const key = `milestones/${term.term}`;
      await this.#channel.txn([{ key, revision: 0 }], [{ kind: "put", key, value }], signal);
    } catch (thrown) {
      this.#written = 0;
      this.#log.debug({ error: describeError(thrown) }, "phases of the term are not noted yet");
    }
  }

  /** Newest first, at most 200. */
  async list(signal: AbortSignal): Promise<MilestoneRecord[]> {
    const found = await this.#channel.readPrefix("milestones/", signal, 1_000);
    return [...found.records.values()]
      .map((record) => parseRecord(record, milestoneRecordSchema))
      .sort((a, b) => b.term - a.term)
      .slice(0, 200);
  }

  /** Closed runs beyond the newest `keep` leave the store; their reports stay as evidence. */
  async prune(
    runs: readonly { run: RunRecord; revision: number }[],
    keep: number,
    signal: AbortSignal,
  ): Promise<void> {
    const closed = runs.filter(
      ({ run }) => !["running", "paused", "undoing"].includes(run.state.kind),
    );
    const surplus = closed.slice(keep, keep + 20);
    for (const { run, revision } of surplus) {
      const key = `runs/${run.id}`;
      await this.#channel.txn([{ key, revision }], [{ kind: "delete", key }], signal);
    }
    if (surplus.length > 0)
      this.#log.info(
        { pruned: surplus.length, at: this.#clock.wallNow() },
        "old runs left the store",
      );
  }

  /**
   * What tells of terms long past leaves the store: the newest `keep` terms stay, of the others at most 100 records of each kind go at
   * a time. A region that returns from a term that is no longer told of is quarantined as a whole, like any of unknown ancestry.
   */
  async pruneTerms(newest: number, keep: number, signal: AbortSignal): Promise<void> {
    for (const prefix of ["history/", "milestones/"]) {
      const found = await this.#channel.readPrefix(prefix, signal);
      const old = [...found.records.values()]
        .filter(({ key }) => Number(key.slice(prefix.length)) <= newest - keep)
        .slice(0, PRUNED_AT_ONCE_MAX);
      for (const { key, revision } of old) {
        await this.#channel.txn([{ key, revision }], [{ kind: "delete", key }], signal);
      }
    }
  }
}
