import type { OpenRun, QuorumSeen, SiteSeen } from "../observe/index.ts";
import { countsAsFlap, isOpen, type RunRecord, startsCooldown } from "../runs/index.ts";
import {
  type AutomationRecord,
  type HistoryRecord,
  keys,
  type QuorumView,
  type Site,
  type SiteRecord,
  type Versioned,
} from "../store/index.ts";
import type { KeyValues } from "./etcd.ts";

/** One linearizable read of everything that a controller looks at. */
export interface QuorumReading {
  /** True time at which the store answered; only the observer outside the world may look at it. */
  readonly readAt: number;
  readonly view: QuorumView;
  readonly automation: Versioned<AutomationRecord>;
  readonly runs: readonly Versioned<RunRecord>[];
  readonly history: readonly HistoryRecord[];
  readonly sites: readonly SiteRecord[];
}

export function readQuorum(values: KeyValues, readAt: number): QuorumReading {
  const history = values.list("history/").map(([, value]) => value.record as HistoryRecord);
  return {
    readAt,
    view: values.view(),
    automation: values.get(keys.automation),
    runs: values.list("runs/").map(([, value]) => value as Versioned<RunRecord>),
    history: history.sort((one, other) => other.term - one.term),
    sites: values.list("sites/").map(([, value]) => value.record as SiteRecord),
  };
}

interface Seen<T> {
  readonly value: T;
  readonly sinceMs: number;
}

/** What a controller remembers of its readings, by its own clock. A new life remembers nothing. */
export class QuorumMemory {
  reading: QuorumReading | undefined;
  /** When the request of the newest answer was sent, and when the answer came. */
  askedAtMs = Number.NEGATIVE_INFINITY;
  answeredAtMs = Number.NEGATIVE_INFINITY;
  readonly #sites = new Map<Site, Seen<SiteRecord>>();
  readonly #steps = new Map<string, Seen<string>>();
  #released: Seen<number> | undefined;
  #openFailovers = new Set<string>();
  #failoverCompletedAtMs: number | undefined;
  readonly #automaticAtMs = new Map<string, number>();

  take(reading: QuorumReading, askedAtMs: number, now: number): void {
    const known = this.reading;
    // Answers of two requests may come in any order; an older one tells nothing, nor does an older life of the store.
    if (known !== undefined && isOlder(reading, known)) return;
    this.reading = reading;
    this.askedAtMs = askedAtMs;
    this.answeredAtMs = now;
    this.#noticeSites(reading, now);
    this.#noticeRuns(reading, now);
    const { lease } = reading.view;
    if (lease.record?.kind !== "released") this.#released = undefined;
    else if (this.#released?.value !== lease.revision)
      this.#released = { value: lease.revision, sinceMs: now };
  }

  seen(now: number, isAnswering: boolean): QuorumSeen {
    const { reading } = this;
    return {
      isAnswering,
      ageMs: reading === undefined ? Number.POSITIVE_INFINITY : now - this.answeredAtMs,
      view: reading?.view ?? null,
      automation: reading?.automation ?? null,
      openRuns: this.#openRuns(now),
      termRunMissing: this.#isTermRunMissing(),
      history: reading?.history ?? [],
      sites: this.#sitesSeen(now),
      lastFailoverAgeMs:
        this.#failoverCompletedAtMs === undefined ? null : now - this.#failoverCompletedAtMs,
      failoversLastHour: [...this.#automaticAtMs.values()].filter((at) => at > now - 3_600_000)
        .length,
      releasedForMs: this.#released === undefined ? null : now - this.#released.sinceMs,
    };
  }

  #openRuns(now: number): readonly OpenRun[] {
    const open: OpenRun[] = [];
    for (const { record, revision } of this.reading?.runs ?? []) {
      if (record === null || !isOpen(record)) continue;
      const since = this.#steps.get(record.id)?.sinceMs ?? now;
      open.push({ run: record, revision, stepForMs: now - since });
    }
    return open;
  }

  #isTermRunMissing(): boolean {
    const run = this.reading?.view.term.record?.run;
    if (run === undefined || run === null) return false;
    return !this.reading?.runs.some((each) => each.record?.id === run);
  }

  #sitesSeen(now: number): Readonly<Partial<Record<Site, SiteSeen>>> {
    const seen: Partial<Record<Site, SiteSeen>> = {};
    for (const record of this.reading?.sites ?? []) {
      const since = this.#sites.get(record.site)?.sinceMs ?? now;
      seen[record.site] = { record, ageMs: now - since };
    }
    return seen;
  }

  #noticeSites(reading: QuorumReading, now: number): void {
    for (const record of reading.sites) {
      const known = this.#sites.get(record.site)?.value;
      if (known?.beat === record.beat && known.controllerBootId === record.controllerBootId)
        continue;
      this.#sites.set(record.site, { value: record, sinceMs: now });
    }
  }

  #noticeRuns(reading: QuorumReading, now: number): void {
    for (const { record } of reading.runs) {
      if (record === null) continue;
      if (isOpen(record)) {
        if (record.kind === "failover") this.#openFailovers.add(record.id);
        const step = stepKey(record);
        if (this.#steps.get(record.id)?.value !== step)
          this.#steps.set(record.id, { value: step, sinceMs: now });
      } else if (this.#openFailovers.delete(record.id) && startsCooldown(record)) {
        this.#failoverCompletedAtMs = now;
      }
      // One that ended before this life counts as well: the journal is still there.
      if (countsAsFlap(record) && !this.#automaticAtMs.has(record.id))
        this.#automaticAtMs.set(record.id, now);
    }
  }
}

function stepKey(run: RunRecord): string {
  const at = run.steps.findIndex((step) => step.state.kind !== "done");
  return `${run.state.kind}/${at}/${run.steps[at]?.attempt ?? 0}`;
}

function isOlder(reading: QuorumReading, known: QuorumReading): boolean {
  const generation = generationOf(reading);
  const knownGeneration = generationOf(known);
  if (generation !== knownGeneration) return generation < knownGeneration;
  return newest(reading) < newest(known);
}

const generationOf = ({ view }: QuorumReading): number => view.store.record?.generation ?? 0;

function newest({ view }: QuorumReading): number {
  return Math.max(view.store.revision, view.term.revision, view.lease.revision, view.sync.revision);
}
