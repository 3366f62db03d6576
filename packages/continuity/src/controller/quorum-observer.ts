import {
  type AutomationRecord,
  automationRecordSchema,
  countsAsFlap,
  currentStep,
  type DrillRecord,
  drillRecordSchema,
  type HistoryRecord,
  historyRecordSchema,
  isOpen,
  keys,
  leaseRecordSchema,
  type OpenRun,
  type OrderedRecord,
  orderedRecordSchema,
  type QuorumSeen,
  type QuorumView,
  type RunRecord,
  runRecordSchema,
  startsCooldown,
  stepToUndo,
  type Txn,
  type Versioned,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import {
  parseRecord,
  type QuorumRecords,
  type Snapshot,
  type StoreChannel,
  type StoredRecord,
  type StoreEvent,
} from "../store/index.ts";
import { SitesSeen } from "./sites-seen.ts";

/** Runs and history are followed by watch and read anew this often, in case the watch fell silent. */
const REREAD_MS = 5_000;
const HOUR_MS = 3_600_000;
const slowPrefixes = ["runs/", "history/", "drills/"] as const;

interface SeenRun {
  readonly run: RunRecord;
  readonly revision: number;
  /** Step and attempt, and when this controller first saw them. */
  readonly stepKey: string;
  readonly stepSinceMs: number;
}

export interface QuorumObserverDeps {
  readonly records: QuorumRecords;
  readonly channel: StoreChannel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the quorum store says, as one controller sees it: with ages on its own clock. */
export class QuorumObserver {
  readonly #deps: QuorumObserverDeps;
  readonly #runs = new Map<string, SeenRun>();
  readonly #sites: SitesSeen;
  #history: readonly HistoryRecord[] = [];
  #view: QuorumView | null = null;
  #automation: Versioned<AutomationRecord> | null = null;
  #isAnswering = false;
  #answeredAtMs = Number.NEGATIVE_INFINITY;
  #rereadAtMs = Number.NEGATIVE_INFINITY;
  #releasedSinceMs: number | null = null;
  #failoverSeenMs: number | null = null;
  /** When automatic failovers were completed, on this process's clock. */
  readonly #automaticMs = new Map<string, number>();
  #drills: readonly DrillRecord[] = [];
  #wasRead = false;

  constructor(deps: QuorumObserverDeps) {
    this.#deps = deps;
    this.#sites = new SitesSeen(deps);
  }

  get view(): QuorumView | null {
    return this.#view;
  }

  get automation(): Versioned<AutomationRecord> | null {
    return this.#automation;
  }

  /** Every run that is still in the store, newest first. */
  runs(): readonly { readonly run: RunRecord; readonly revision: number }[] {
    return [...this.#runs.values()].sort((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
  }

  run(id: string): { readonly run: RunRecord; readonly revision: number } | null {
    return this.#runs.get(id) ?? null;
  }

  /** The newest of each scenario. */
  drills(): readonly DrillRecord[] {
    return this.#drills;
  }

  /** The newest drill of its scenario; an older one is replaced. */
  async recordDrill(record: DrillRecord, signal: AbortSignal): Promise<void> {
    const key = keys.drill(record.scenario);
    await this.#deps.channel.txn([], [{ kind: "put", key, value: record }], signal, []);
    const others = this.#drills.filter(({ scenario }) => scenario !== record.scenario);
    this.#drills = [...others, record];
  }

  history(): readonly HistoryRecord[] {
    return this.#history;
  }

  /** One linearizable look; keeps what was known, with its age, when the store does not answer. */
  async look(signal: AbortSignal): Promise<void> {
    const now = this.#deps.clock.monotonicMs();
    // In the same request: three more in a row made one look in twenty last 0.5 to 0.9 s, and a lapse that fell into it was decided on that much later.
    const isRereading = now - this.#rereadAtMs >= REREAD_MS;
    // What the watch brings while this look is under way asks for the next one.
    if (isRereading) this.#rereadAtMs = now;
    try {
      const { view, records, storeRevision } = await this.#deps.records.readWith(
        [keys.automation],
        isRereading ? ["sites/", ...slowPrefixes] : ["sites/"],
        signal,
      );
      this.#takeView(view);
      this.#takeAutomation(records.get(keys.automation));
      this.#sites.take(records.values());
      if (isRereading) this.#takeSlow({ records, storeRevision });
      const termRun = view.term.record?.run ?? null;
      if (termRun !== null && !this.#runs.has(termRun)) await this.#readRuns(signal);
      this.#isAnswering = true;
      this.#answeredAtMs = this.#deps.clock.monotonicMs();
    } catch (thrown) {
      signal.throwIfAborted();
      if (isRereading) this.#rereadAtMs = Number.NEGATIVE_INFINITY;
      if (this.#isAnswering) this.#deps.log.warn({ error: describeError(thrown) }, "no quorum");
      this.#isAnswering = false;
    }
  }

  /** A change seen by the watch. True when the controller should look again at once. */
  take(event: StoreEvent): boolean {
    if (event.key.startsWith("runs/")) {
      if (event.text === null) this.#runs.delete(event.key.slice("runs/".length));
      else this.#takeRun({ key: event.key, text: event.text, revision: event.revision });
      return true;
    }
    if (event.key.startsWith("history/")) {
      this.#rereadAtMs = Number.NEGATIVE_INFINITY;
      return true;
    }
    if (event.key === keys.lease) return this.#takeRelease(event);
    return event.key === keys.term || event.key === keys.sync || event.key === keys.automation;
  }

  /**
   * A release is taken from the watch, a look (120 ms) earlier: whatever is decided on it compares the lease's revision. Held
   * leases, four a second, are left to the looks.
   */
  #takeRelease({ key, text, revision }: StoreEvent): boolean {
    const view = this.#view;
    if (text === null || !text.includes('"released"')) return false;
    if (view === null || revision <= view.lease.revision) return true;
    const record = parseRecord({ key, text, revision }, leaseRecordSchema);
    this.#takeView({ ...view, lease: { record, revision } });
    return true;
  }

  /** Applies a transaction and takes in what it shows. `run`: the journal that it writes. */
  async apply(txn: Txn, signal: AbortSignal): Promise<boolean> {
    const { succeeded, revision, view } = await this.#deps.records.apply(txn, signal);
    this.#takeView(view);
    for (const put of txn.puts.filter((each) => each.key.startsWith("runs/"))) {
      // What was written is known without reading it; what was lost to another writer is not.
      if (revision === null) await this.#readRuns(signal);
      else this.#takeRun({ key: put.key, text: JSON.stringify(put.record), revision });
    }
    return succeeded;
  }

  seen(): QuorumSeen {
    const now = this.#deps.clock.monotonicMs();
    const openRuns: OpenRun[] = [...this.#runs.values()]
      .filter((each) => isOpen(each.run))
      .sort((a, b) => (a.run.createdAt < b.run.createdAt ? -1 : 1))
      .map((each) => ({
        run: each.run,
        revision: each.revision,
        stepForMs: now - each.stepSinceMs,
      }));
    const termRun = this.#view?.term.record?.run ?? null;
    return {
      isAnswering: this.#isAnswering,
      ageMs: now - this.#answeredAtMs,
      view: this.#view,
      automation: this.#automation,
      openRuns,
      termRunMissing: termRun !== null && this.#wasRead && !this.#runs.has(termRun),
      history: this.#history,
      sites: this.#sites.seen(),
      lastFailoverAgeMs: this.#failoverSeenMs === null ? null : now - this.#failoverSeenMs,
      failoversLastHour: [...this.#automaticMs.values()].filter((at) => at > now - HOUR_MS).length,
      releasedForMs: this.#releasedSinceMs === null ? null : now - this.#releasedSinceMs,
    };
  }

  /** Takes in all of `slowPrefixes`. */
  #takeSlow({ records, storeRevision }: Snapshot): void {
    const [runs, history, drills] = slowPrefixes.map((prefix) =>
      [...records.values()].filter(({ key }) => key.startsWith(prefix)),
    ) as [StoredRecord[], StoredRecord[], StoredRecord[]];
    this.#takeRuns(runs, storeRevision);
    this.#history = history
      .map((record) => parseRecord(record, historyRecordSchema))
      .sort((a, b) => b.term - a.term);
    this.#drills = drills.flatMap((each) => this.#readDrill(each));
  }

  /** Rehearsals are shown and decide nothing: one that cannot be read is passed over. */
  #readDrill(record: StoredRecord): DrillRecord[] {
    try {
      return [parseRecord(record, drillRecordSchema)];
    } catch (thrown) {
      this.#deps.log.error({ error: describeError(thrown) }, "the record of a drill is unreadable");
      return [];
    }
  }

  #takeAutomation(record: StoredRecord | undefined): void {
    this.#automation =
      record === undefined
        ? { record: null, revision: 0 }
        : { record: parseRecord(record, automationRecordSchema), revision: record.revision };
  }

  /** What was ordered last and every run, at one revision: an order is given on this, not on what a watch has brought. Errors: STORE_…. */
  async readOrdered(signal: AbortSignal): Promise<Versioned<OrderedRecord>> {
    const { records } = this.#deps;
    const read = await records.readWith([keys.ordered], ["runs/"], signal);
    this.#takeView(read.view);
    const runs = [...read.records.values()].filter(({ key }) => key.startsWith("runs/"));
    this.#takeRuns(runs, read.storeRevision);
    const found = read.records.get(keys.ordered);
    return found === undefined
      ? { record: null, revision: 0 }
      : { record: parseRecord(found, orderedRecordSchema), revision: found.revision };
  }

  async #readRuns(signal: AbortSignal): Promise<void> {
    const { records, storeRevision } = await this.#deps.channel.readPrefix("runs/", signal);
    this.#takeRuns([...records.values()], storeRevision);
  }

  /** All that the store held at `storeRevision`; what is known of before and not among them is gone. */
  #takeRuns(records: readonly StoredRecord[], storeRevision: number): void {
    const there = new Set(records.map(({ key }) => key));
    for (const [id, { revision }] of [...this.#runs]) {
      if (revision <= storeRevision && !there.has(keys.run(id))) this.#runs.delete(id);
    }
    for (const record of records) this.#takeRun(record);
    this.#wasRead = true;
  }

  #takeView(view: QuorumView): void {
    const newest = (each: QuorumView | null): number =>
      each === null ? 0 : Math.max(each.term.revision, each.lease.revision, each.sync.revision);
    const isOther = this.#view?.store.record?.id !== view.store.record?.id;
    if (!isOther && newest(view) < newest(this.#view)) return;
    this.#view = view;
    const isReleased = view.lease.record?.kind === "released";
    if (!isReleased) this.#releasedSinceMs = null;
    else this.#releasedSinceMs ??= this.#deps.clock.monotonicMs();
  }

  #takeRun(record: StoredRecord): void {
    let run: RunRecord;
    try {
      run = parseRecord(record, runRecordSchema);
    } catch (thrown) {
      this.#deps.log.error({ error: describeError(thrown) }, "a run's journal cannot be read");
      return;
    }
    const known = this.#runs.get(run.id);
    if (known !== undefined && known.revision >= record.revision) return;
    const now = this.#deps.clock.monotonicMs();
    const step = run.state.kind === "undoing" ? stepToUndo(run) : currentStep(run);
    const stepKey = `${run.state.kind}/${step?.definition.name ?? ""}/${step?.attempt ?? 0}`;
    const stepSinceMs = known?.stepKey === stepKey ? known.stepSinceMs : now;
    this.#runs.set(run.id, { run, revision: record.revision, stepKey, stepSinceMs });
    const justCompleted = known !== undefined && isOpen(known.run) && startsCooldown(run);
    if (justCompleted) this.#failoverSeenMs = now;
    if (countsAsFlap(run) && !this.#automaticMs.has(run.id)) {
      this.#automaticMs.set(run.id, justCompleted ? now : now - this.#wallAgeMs(run));
    }
  }

  /** Of a run that ended before this process began: only the wall clocks know. It delays a failover at worst, and a person can order it. */
  #wallAgeMs(run: RunRecord): number {
    if (run.state.kind !== "completed") return 0;
    const endedAt = new Date(run.state.at).getTime();
    return Math.max(0, this.#deps.clock.wallNow().getTime() - endedAt);
  }
}
