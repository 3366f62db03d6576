import {
  type Action,
  beginOrdered,
  type DataSite,
  type Decision,
  type KeeperCommand,
  keys,
  nextMove,
  type Observation,
  type OpenRun,
  type OrderedRecord,
  otherSite,
  type RunEvent,
  type RunRecord,
  reduceRun,
  type Stamp,
  type Versioned,
  writeOwned,
  writeSync,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import { standbyName } from "../postgres/index.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import type { Region } from "./region.ts";
import { type ActionContext, isLasting } from "./site-actions.ts";
import type { ShownLoss } from "./tail-report.ts";

/** A canary that waits longer than this has not been confirmed. */
const CANARY_WITHIN_MS = 3_000;
/** Moves of one run on one observation; a procedure has at most nine steps. */
const MOVES_A_TURN_MAX = 6;
/** Between attempts of a lasting action, so that a cause that passes (a full disk, a cut link) may pass. */
const FAILED_ATTEMPT_PAUSE_MS = 1_500;

export interface ActorDeps {
  readonly quorum: QuorumObserver;
  readonly region: Region | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** Look again at once: something that happened beside the loop has ended. */
  readonly wake: () => void;
}

/** Carries out decisions. Commands and lasting actions go on beside the loop, each kind once at a time. */
export class Actor {
  readonly #deps: ActorDeps;
  readonly #underWay = new Set<string>();
  #busyWith: string | null = null;
  #geoRevokedAtRevision: number | null = null;

  constructor(deps: ActorDeps) {
    this.#deps = deps;
  }

  get busyWith(): string | null {
    return this.#busyWith;
  }

  get geoRevokedAtRevision(): number | null {
    return this.#geoRevokedAtRevision;
  }

  /** True: something was done that may make another decision due at once. */
  async act(decision: Decision, o: Observation, signal: AbortSignal): Promise<boolean> {
    switch (decision.kind) {
      case "hold":
        return false;
      case "start-primary":
        return this.#command({ kind: "start-primary" }, signal);
      case "start-standby":
        return this.#command({ kind: "start-standby" }, signal);
      case "restart-postgres":
        return this.#restart(signal);
      case "give-up":
        return this.#command({ kind: "release" }, signal);
      case "take-back":
        return this.#command({ kind: "take-back" }, signal);
      case "promote-redis":
      case "follow-redis":
        return this.#moveRedis(decision.kind, signal);
      case "accept-unprotected":
        return this.#command({ kind: "accept-unprotected", accept: decision.accept }, signal);
      case "suspend-writes":
        return this.#command({ kind: "suspend-writes", suspended: true }, signal);
      case "resume-writes":
        return this.#command({ kind: "suspend-writes", suspended: false }, signal);
      case "announce-geo":
        return this.#command({ kind: "announce-geo", generation: decision.generation }, signal);
      case "revoke-geo":
        return this.#revokeGeo(o, signal);
      case "take-over":
        return this.#takeOver(decision, signal);
      case "adopt-run":
      case "begin-rejoin":
        return this.#writeRun(decision.run, 0, signal);
      case "continue-run":
        return this.#continueRun(decision.run, o, signal);
      case "supersede-run":
        return this.#journalById(
          decision.run,
          o,
          {
            kind: "supersede",
            why: decision.why,
            at: o.fresh.at,
          },
          signal,
        );
      case "record-async":
      case "record-sync":
      case "record-standby":
        return this.#writeSync(decision, o, signal);
      case "relax-sync":
        return this.#setSynchronous(null, signal);
      case "enforce-sync":
        return this.#enforceSync(o, signal);
      case "commit-canary":
        return this.#canary(signal);
    }
  }

  /** An event of a person; answers why not, or null. */
  async journal(
    id: string,
    event: RunEvent,
    signal: AbortSignal,
  ): Promise<{ readonly refused: string } | { readonly run: RunRecord }> {
    const found = this.#deps.quorum.run(id);
    if (found === null) return { refused: "no such run" };
    const reduced = reduceRun(found.run, event);
    if (reduced.kind === "refused") return { refused: reduced.why };
    const isWritten = await this.#writeRun(reduced.run, found.revision, signal);
    return isWritten ? { run: reduced.run } : { refused: "the run changed meanwhile" };
  }

  /** Writes the journal of a run that a person orders, unless another was ordered since `ordered` was read. */
  async begin(
    run: RunRecord,
    ordered: Versioned<OrderedRecord>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { quorum } = this.#deps;
    if (quorum.view === null) return false;
    return quorum.apply(beginOrdered(quorum.view, ordered, run), signal);
  }

  #region(): Region {
    const { region } = this.#deps;
    if (region === null) throw new Error("the witness decided something for a region");
    return region;
  }

  /** Begins a command beside the loop, unless the same is under way. */
  #command(command: KeeperCommand, signal: AbortSignal, after?: () => void): boolean {
    this.#beside(
      `command ${command.kind}`,
      async () => {
        const outcome = await this.#region().keeper.command(command, signal);
        if (outcome.kind === "done") after?.();
        else this.#deps.log.warn({ command: command.kind, why: outcome.why }, "the keeper refused");
      },
      signal,
    );
    return false;
  }

  /**
   * Nothing is journalled before the store has the take-over: a decision that the keeper refuses leaves
   * no run that could fire later. The term names the run, so a lost journal is written by `adopt-run`.
   */
  #takeOver(
    { order, run }: Extract<Decision, { kind: "take-over" }>,
    signal: AbortSignal,
  ): boolean {
    return this.#command({ kind: "take-over", order }, signal, () => {
      this.#beside("journal", async () => void (await this.#writeRun(run, 0, signal)), signal);
    });
  }

  #moveRedis(kind: "promote-redis" | "follow-redis", signal: AbortSignal): boolean {
    const { cache } = this.#region();
    const move = (): Promise<void> =>
      kind === "promote-redis" ? cache.promote(signal) : cache.follow(signal);
    this.#beside(kind, move, signal);
    return false;
  }

  #restart(signal: AbortSignal): boolean {
    if (this.#underWay.has("command start-primary")) return false;
    this.#region().observer.noteRestart();
    return this.#command({ kind: "start-primary" }, signal);
  }

  #revokeGeo(o: Observation, signal: AbortSignal): boolean {
    const revision = o.quorum.view?.sync.revision ?? 0;
    return this.#command({ kind: "revoke-geo" }, signal, () => {
      this.#geoRevokedAtRevision = revision;
    });
  }

  /** Journals and acts on in the same turn, as far as the same observation carries: each turn costs a look at the store. */
  async #continueRun(id: string, o: Observation, signal: AbortSignal): Promise<boolean> {
    let seen = o;
    for (let moves = 0; moves < MOVES_A_TURN_MAX; moves += 1) {
      const open = seen.quorum.openRuns.find((each) => each.run.id === id);
      if (open === undefined) return moves > 0;
      const move = nextMove(open, seen);
      if (move.kind === "nothing") return moves > 0;
      if (move.kind === "act") return this.#perform(move.action, open, move.stamp, seen, signal);
      if (move.beside) this.#perform(move.beside.action, open, move.beside.stamp, seen, signal);
      // Another site may have journalled the same first: the next look at the run shows it.
      await this.#journal(open, move.event, signal);
      seen = { ...o, quorum: this.#deps.quorum.seen() };
    }
    return true;
  }

  #perform(
    action: Action,
    open: OpenRun,
    stamp: Stamp,
    o: Observation,
    signal: AbortSignal,
  ): boolean {
    const name = action.kind === "keeper" ? `command ${action.command.kind}` : action.kind;
    const context = { run: open.run, stamp, ...this.#aboutSource(open.run, o) };
    if (isLasting(action)) {
      // One that is about to end still counts as under way: marked busy then, it would never be free again.
      if (this.#busyWith !== null || this.#underWay.has(name)) return false;
      this.#busyWith = action.kind;
    }
    this.#beside(
      name,
      async () => {
        try {
          await this.#region().actions.perform(action, context, signal);
        } catch (thrown) {
          // A lasting action that failed is a failed attempt; the rest is tried again within its budget.
          if (isLasting(action)) await this.#failStep(open, describeError(thrown), signal);
          throw thrown;
        } finally {
          if (isLasting(action)) this.#busyWith = null;
        }
      },
      signal,
    );
    return false;
  }

  /** Where the primary's history left this directory's, the primary's timeline, and what was approved. */
  #aboutSource(run: RunRecord, o: Observation): Omit<ActionContext, "run" | "stamp"> {
    const newest = o.postgres?.newestTerm ?? null;
    const ended = o.quorum.history.find((each) => each.term === newest);
    const primary: DataSite = run.to;
    const endedBy = ended?.run ? this.#deps.quorum.run(ended.run) : null;
    return {
      forkLsn: ended?.successorLsn ?? null,
      sourceTimeline: o.quorum.sites[primary]?.record.postgres?.timeline ?? null,
      approved: endedBy === null ? [] : shownOf(endedBy.run),
    };
  }

  async #failStep(open: OpenRun, why: string, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(FAILED_ATTEMPT_PAUSE_MS, signal);
    const now = this.#deps.quorum.run(open.run.id);
    const step = now?.run.steps.find((each) => each.state.kind === "running");
    if (step === undefined) return;
    const at = this.#deps.clock.wallNow().toISOString();
    await this.journal(
      open.run.id,
      { kind: "fail-step", step: step.definition.name, why: why.slice(0, 300), at },
      signal,
    );
  }

  async #journalById(
    id: string,
    o: Observation,
    event: RunEvent,
    signal: AbortSignal,
  ): Promise<boolean> {
    const open = o.quorum.openRuns.find((each) => each.run.id === id);
    return open === undefined ? false : this.#journal(open, event, signal);
  }

  async #journal(open: OpenRun, event: RunEvent, signal: AbortSignal): Promise<boolean> {
    const reduced = reduceRun(open.run, event);
    if (reduced.kind === "refused") {
      this.#deps.log.warn(
        { run: open.run.id, event: event.kind, why: reduced.why },
        "not journalled",
      );
      return false;
    }
    this.#deps.log.info({ run: open.run.id, kind: open.run.kind, ...shown(event) }, "run");
    return this.#writeRun(reduced.run, open.revision, signal);
  }

  async #writeRun(run: RunRecord, revision: number, signal: AbortSignal): Promise<boolean> {
    const view = this.#deps.quorum.view;
    if (view === null) return false;
    const seen = { record: null, revision };
    return this.#deps.quorum.apply(writeOwned(view, keys.run(run.id), seen, run), signal);
  }

  async #writeSync(
    decision: Extract<Decision, { kind: "record-async" | "record-sync" | "record-standby" }>,
    o: Observation,
    signal: AbortSignal,
  ): Promise<boolean> {
    const view = o.quorum.view;
    if (view === null) return false;
    return this.#deps.quorum.apply(writeSync(view, decision.sync), signal);
  }

  async #enforceSync(o: Observation, signal: AbortSignal): Promise<boolean> {
    const region = this.#region();
    const dataId =
      o.postgres?.replication?.standbyDataId ?? o.quorum.view?.sync.record?.standbyDataId ?? null;
    if (dataId === null) return false;
    return this.#setSynchronous(standbyName(otherSite(region.site), dataId), signal);
  }

  async #setSynchronous(name: string | null, signal: AbortSignal): Promise<boolean> {
    const region = this.#region();
    region.observer.noteCanary(null);
    await region.sql.setSynchronous(name, signal);
    return true;
  }

  #canary(signal: AbortSignal): boolean {
    const { sql, observer } = this.#region();
    this.#beside(
      "canary",
      async () => {
        await sql.canary(CANARY_WITHIN_MS, signal);
        observer.noteCanary(await sql.writtenLsn(signal));
      },
      signal,
    );
    return false;
  }

  #beside(name: string, work: () => Promise<void>, signal: AbortSignal): void {
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    work()
      .catch((thrown: unknown) => {
        if (signal.aborted) return;
        this.#deps.log.warn({ what: name, error: describeError(thrown) }, "not done");
      })
      .finally(() => {
        this.#underWay.delete(name);
        this.#deps.wake();
      });
  }
}

/** What people were shown before the run: whoever ordered it, and each who approved. */
function shownOf(run: RunRecord): ShownLoss[] {
  const unknown = { seconds: null, rows: null, openCalls: null };
  const ordered =
    run.orderedBy === null || !run.shown
      ? []
      : [{ ...run.shown, by: run.orderedBy, as: "orderer" as const }];
  return [
    ...ordered,
    ...run.approvals.map(({ by, role, shown: loss }) => ({ ...(loss ?? unknown), by, as: role })),
  ];
}

function shown(event: RunEvent): Record<string, unknown> {
  const step = "step" in event ? { step: event.step } : {};
  const why = "why" in event ? { why: event.why } : {};
  return { event: event.kind, ...step, ...why };
}
