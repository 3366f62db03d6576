import type { AutomationRecord, LeaseRecord, SyncRecord, TermRecord } from "../store/index.ts";
import type { WalRecord } from "./data-directory.ts";
import type { EventQueue } from "./event-queue.ts";
import { otherRegion, type RegionName } from "./places.ts";
import type { AcknowledgedAs, Acknowledgement, Portal } from "./portal.ts";
import type { Postgres } from "./postgres.ts";
import type { SimProcess } from "./sim-process.ts";

/** Which invariant of ARCHITECTURE.md broke, when, and the facts. */
export interface Violation {
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
  readonly atMs: number;
  readonly what: string;
}

interface Acknowledged {
  readonly as: AcknowledgedAs;
  readonly term: number;
  readonly atMs: number;
  readonly region: RegionName;
}

interface TermFacts {
  readonly record: TermRecord;
  readonly syncBefore: SyncRecord | null;
  readonly leaseBefore: LeaseRecord | null;
}

export interface ObservedWorld {
  readonly queue: EventQueue;
  readonly portals: Readonly<Record<RegionName, Portal>>;
  readonly databases: Readonly<Record<RegionName, Postgres>>;
  readonly keeperOf: (region: RegionName) => SimProcess;
  /** The plan's RPO bound for automatic promotions. */
  readonly rpoBoundMs: number;
}

/** A keeper that runs has stopped its database this long after its successor's first permit at the latest. */
const fencedWithinMs = 500;

/** Sees everything at once and judges each event by the invariants. Nothing in the world can see it. */
export class Observer {
  violation: Violation | undefined;
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Keys on itemised loss reports. */
  readonly reported = new Set<string>();
  /** Keys whose outbox is gone. */
  readonly unreplayable = new Set<string>();
  /** Keys in quarantined copies, by region. */
  readonly quarantined: Readonly<Record<RegionName, Set<string>>> = {
    east: new Set(),
    west: new Set(),
  };
  readonly terms = new Map<number, TermFacts>();
  automation: AutomationRecord | null = null;
  automationChangedAt = 0;
  lastTerm = 0;
  #newestAcknowledgingTerm = 0;
  #permittedTerm = 0;
  #syncNow: SyncRecord | null = null;
  #leaseNow: LeaseRecord | null = null;
  /** The highest term whose region was promoted or began, and its region. */
  #promotedTerm = 0;
  #promotedRegion: RegionName | null = null;
  readonly #world: ObservedWorld;

  constructor(world: ObservedWorld) {
    this.#world = world;
  }

  violate(invariant: Violation["invariant"], what: string): void {
    this.violation ??= { invariant, atMs: this.#world.queue.now, what };
  }

  /** A key of the quorum store was written. */
  stored(key: string, record: unknown): void {
    if (key === "term") this.#termStarted(record as TermRecord);
    else if (key === "sync") this.#syncNow = record as SyncRecord;
    else if (key === "lease") this.#leaseWritten(record as LeaseRecord);
    else if (key === "automation") {
      this.automation = record as AutomationRecord;
      this.automationChangedAt = this.#world.queue.now;
    }
  }

  /** Invariant 2: terms compare as (store generation, term), so nothing may begin in an older life any more. */
  storedInOlderLife(key: string): void {
    if (key === "term") this.violate(2, "a term begins in an older life of the quorum store");
  }

  /** Invariants 1 and 2, at the moment in which a portal learns that it may acknowledge. */
  permitted(portal: Portal): void {
    if (!portal.hasPermit()) return;
    if (portal.permitTerm > this.#permittedTerm) {
      this.#permittedTerm = portal.permitTerm;
      this.#world.queue.after(fencedWithinMs, () => this.#checkFence(portal));
    }
    const { region } = portal;
    const primary = this.terms.get(portal.permitTerm)?.record.primary;
    if (primary !== region)
      this.violate(2, `${region} has a permit for term ${portal.permitTerm} of ${primary}`);
    if (this.#isReleased(portal))
      this.violate(
        1,
        `${region} is given a permit for term ${portal.permitTerm}, which it gave up`,
      );
    const other = this.#world.portals[otherRegion(region)];
    const isServing = (each: Portal): boolean =>
      each.process.isUp && each.hasPermit() && !isFromBeforeSuspension(each);
    if (isServing(portal) && isServing(other)) {
      const terms = `terms ${portal.permitTerm} and ${other.permitTerm}`;
      this.violate(1, `${region} and ${other.region} hold permits at once, ${terms}`);
    }
  }

  /** Invariants 1, 2 and 3, at the decision to acknowledge. */
  acknowledge({ portal, key, as, term }: Acknowledgement): void {
    const { region } = portal;
    const isOutside = as !== "geo" && isFromBeforeSuspension(portal);
    if (term < this.#newestAcknowledgingTerm && !isOutside) {
      const newest = this.#newestAcknowledgingTerm;
      this.violate(1, `${region} acknowledges ${key} in term ${term} after term ${newest} did`);
    }
    this.#newestAcknowledgingTerm = Math.max(this.#newestAcknowledgingTerm, term);
    if (this.terms.get(term)?.record.primary !== region)
      this.violate(2, `${region} acknowledges ${key} in term ${term}, which is not its own`);
    if (as === "geo") {
      const other = this.#world.databases[otherRegion(region)];
      if (!other.directory.keys.has(key))
        this.violate(3, `${key} is acknowledged as geo by ${region} but is not in ${other.region}`);
    }
    const before = this.acknowledged.get(key);
    if (before !== undefined && before.as === "geo") return;
    this.acknowledged.set(key, { as, term, atMs: this.#world.queue.now, region });
    if (this.#promotedRegion !== null && term < this.#promotedTerm && as === "geo")
      this.#mustHold(this.#world.databases[this.#promotedRegion], key, as);
  }

  /** Invariants 3 and 5, at a promotion. */
  promoted(postgres: Postgres, term: number): void {
    const facts = this.terms.get(term);
    if (facts?.record.primary !== postgres.region) {
      this.violate(2, `${postgres.region} is promoted for term ${term} of another region`);
      return;
    }
    // A newer term began meanwhile: this promotion acknowledges nothing and will be rewound.
    if (term < this.lastTerm) return;
    this.#promotedTerm = term;
    this.#promotedRegion = postgres.region;
    this.#checkLoss(postgres, facts);
  }

  /** Invariant 6, before a directory loses the end of its log or is replaced by a clone. */
  discarding(postgres: Postgres, kept: ReadonlyMap<string, number>): void {
    const quarantined = this.quarantined[postgres.region];
    for (const key of postgres.directory.keys.keys()) {
      if (kept.has(key)) continue;
      if (!quarantined.has(key))
        this.violate(6, `${postgres.region} destroys ${key}, which no quarantine holds`);
      else if (!this.reported.has(key))
        this.violate(6, `${postgres.region} destroys ${key} before it was reported`);
    }
  }

  /** Invariant 2 for the data: a row of continuity.terms belongs to the region that writes it. */
  recorded(record: WalRecord): void {
    if (record.kind !== "term") return;
    const primary = this.terms.get(record.term)?.record.primary;
    if (primary !== record.site)
      this.violate(2, `${record.site} writes term ${record.term} of ${primary} into its data`);
  }

  /** Invariant 4 when all is calm: each acknowledged write is there, reported, or still in an outbox. */
  account(primary: Postgres, kept: ReadonlySet<string>): void {
    for (const [key, { as, region, term }] of this.acknowledged) {
      if (primary.directory.keys.has(key)) continue;
      // A report excuses only what no outbox could replay.
      const isReported = this.unreplayable.has(key) && this.reported.has(key);
      const isExcused = as !== "geo" && (isReported || kept.has(key));
      if (isExcused) continue;
      const what = `${key}, acknowledged as ${as} by ${region} in term ${term}, is gone`;
      this.violate(as === "geo" ? 3 : 4, `${what} from ${primary.region}`);
      return;
    }
  }

  /** Invariant 8: something destructive began by itself. `readAtMs`: when the switch was last read for it. */
  actedByItself(what: string, readAtMs: number): void {
    const isOff = this.automation !== null && !this.automation.enabled;
    if (isOff && readAtMs > this.automationChangedAt)
      this.violate(8, `${what} by itself although automation was switched off`);
  }

  /** The second layer: where a new term's portal may acknowledge, the old primary's database takes no writes any more. */
  #checkFence(portal: Portal): void {
    const region = otherRegion(portal.region);
    const postgres = this.#world.databases[region];
    const keeper = this.#world.keeperOf(region);
    const isAwake =
      keeper.isUp && !keeper.isPaused && keeper.awakeSince < this.#world.queue.now - fencedWithinMs;
    if (portal.hasPermit() && isAwake && postgres.isPrimary && !postgres.process.isPaused)
      this.violate(
        1,
        `PostgreSQL of ${region} takes writes in term ${portal.permitTerm} of ${portal.region}`,
      );
  }

  /** Whoever reads a release may go on at once: nobody may acknowledge by it any more. */
  #leaseWritten(lease: LeaseRecord): void {
    this.#leaseNow = lease;
    const portal = this.#world.portals[lease.site];
    if (portal.process.isUp && portal.hasPermit() && this.#isReleased(portal))
      this.violate(1, `${lease.site} gives term ${lease.term} up while its portal may acknowledge`);
  }

  #isReleased(portal: Portal): boolean {
    const lease = this.#leaseNow;
    return (
      lease?.kind === "released" && lease.site === portal.region && lease.term === portal.permitTerm
    );
  }

  #termStarted(record: TermRecord): void {
    const { term } = record;
    if (term <= this.lastTerm) this.violate(2, `term ${term} begins after term ${this.lastTerm}`);
    const facts = { record, syncBefore: this.#syncNow, leaseBefore: this.#leaseNow };
    this.terms.set(term, facts);
    this.lastTerm = term;
  }

  #checkLoss(postgres: Postgres, { record, syncBefore }: TermFacts): void {
    const { directory, region } = postgres;
    let firstLostAt = Number.POSITIVE_INFINITY;
    let lastAt = 0;
    for (const [key, { as, atMs }] of this.acknowledged) {
      lastAt = Math.max(lastAt, atMs);
      if (directory.keys.has(key) || this.reported.has(key)) continue;
      if (as === "geo") this.#mustHold(postgres, key, as);
      else firstLostAt = Math.min(firstLostAt, atMs);
    }
    if (record.cause !== "failover") return;
    const isRecordedSafe =
      syncBefore?.safeToPromote === true && syncBefore.standbyDataId === directory.dataId;
    const lossMs = lastAt - firstLostAt;
    if (!isRecordedSafe && lossMs > this.#world.rpoBoundMs)
      this.violate(5, `${region} is promoted by itself, not recorded safe, losing ${lossMs} ms`);
  }

  #mustHold(postgres: Postgres, key: string, as: AcknowledgedAs): void {
    if (postgres.directory.keys.has(key)) return;
    this.violate(3, `${key}, acknowledged as ${as}, is not in the promoted ${postgres.region}`);
  }
}

/**
 * A permit that was asked for before the machine was suspended, clocks and all: outside the assumptions. What the design says of it is
 * judged: it may still acknowledge `local` writes until it ends by its own clock, never `geo` ones, and no newer permit is given on it.
 */
function isFromBeforeSuspension({ permitAskedAt, process }: Portal): boolean {
  if (process.isSuspended) return true;
  return process.suspended !== null && permitAskedAt <= process.suspended.fromMs;
}
