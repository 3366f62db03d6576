import type { QuorumView, StoreRecord, Txn, Versioned } from "../store/index.ts";
import { keys } from "../store/index.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";
import { type Connection, type Network, openConnection } from "./network.ts";
import { quorumSites } from "./places.ts";
import { SimProcess } from "./sim-process.ts";

export type QuorumSite = (typeof quorumSites)[number];

/** What a txn found: whether its comparisons held, and the deciding records right after. */
export interface TxnAnswer {
  readonly succeeded: boolean;
  readonly view: QuorumView;
}

/** The linearizable key-value state itself, with one revision for all keys as etcd has it. */
export class KeyValues {
  revision = 1;
  onPut: (key: string, record: unknown, before: unknown) => void = () => undefined;
  readonly #values: Map<string, Versioned<unknown>>;
  readonly #expiries = new Map<string, number>();
  #view: QuorumView | undefined;

  constructor(values: ReadonlyMap<string, Versioned<unknown>> = new Map()) {
    this.#values = new Map(values);
  }

  /** The same records, which go their own way from here. */
  copy(): KeyValues {
    const copied = new KeyValues(this.#values);
    copied.revision = this.revision;
    return copied;
  }

  get<T>(key: string): Versioned<T> {
    return (this.#values.get(key) ?? absent) as Versioned<T>;
  }

  /** Keys below `prefix`, in order. */
  list(prefix: string): readonly (readonly [string, Versioned<unknown>])[] {
    return [...this.#values].filter(([key]) => key.startsWith(prefix)).sort(byKey);
  }

  view(): QuorumView {
    this.#view ??= {
      store: this.get(keys.store),
      term: this.get(keys.term),
      lease: this.get(keys.lease),
      sync: this.get(keys.sync),
      keepers: { east: this.get(keys.keeper("east")), west: this.get(keys.keeper("west")) },
    };
    return this.#view;
  }

  txn(txn: Txn): TxnAnswer {
    const holds = txn.compare.every((comparison) =>
      comparison.target === "revision"
        ? this.get(comparison.key).revision === comparison.equals
        : this.get<StoreRecord>(keys.store).record?.id === comparison.equals,
    );
    if (holds) {
      this.revision += 1;
      for (const { key, record } of txn.puts) this.#put(key, record);
    }
    return { succeeded: holds, view: this.view() };
  }

  /** A put bound to an etcd lease: gone when it was not repeated until `expiresAt`. */
  putUntil(key: string, record: unknown, expiresAt: number): void {
    this.revision += 1;
    this.#put(key, record);
    this.#expiries.set(key, expiresAt);
  }

  expire(now: number): void {
    for (const [key, expiresAt] of this.#expiries) {
      if (expiresAt > now) continue;
      this.#expiries.delete(key);
      this.#values.delete(key);
      this.revision += 1;
    }
  }

  #put(key: string, record: unknown): void {
    const before = this.#values.get(key)?.record;
    this.#values.set(key, { record, revision: this.revision });
    this.#view = undefined;
    this.onPut(key, record, before);
  }
}

const absent: Versioned<unknown> = { record: null, revision: 0 };

function byKey(one: readonly [string, unknown], other: readonly [string, unknown]): number {
  return one[0] < other[0] ? -1 : 1;
}

interface Proposal {
  readonly apply: () => void;
  readonly expiresAt: number;
}

/** Members that a cluster has, and what they start with. */
interface EtcdLife {
  readonly members: Readonly<Record<QuorumSite, SimProcess>>;
  readonly values: KeyValues;
  /** Members that left this life for another one. */
  readonly gone: ReadonlySet<QuorumSite>;
}

/** How long a member keeps a request for which there is no leader (etcd: about 7 s). */
const memberPatienceMs = 6_000;

/**
 * Three members, one state. What a faulty cluster does to its callers is what matters: no answer without a
 * majority, elections, slow disks, requests applied long after their caller gave up, answers that come late.
 */
export class Etcd {
  readonly values: KeyValues;
  readonly members: Readonly<Record<QuorumSite, SimProcess>>;
  /** Extra time of each member's fdatasync. */
  readonly fsyncMs: Record<QuorumSite, number> = { east: 2, west: 2, witness: 2 };
  leader: QuorumSite | null = "witness";
  raftTerm = 1;
  readonly #queue: EventQueue;
  readonly #dice: Dice;
  readonly #network: Network;
  /** Who votes in this life of the store, and who of them has left it. */
  readonly #voters = new Set<QuorumSite>(quorumSites);
  readonly #gone: ReadonlySet<QuorumSite>;
  /** An older life, in members that nobody has told of this one. */
  #older: Etcd | null = null;
  #life = 1;
  readonly #waiting: Record<QuorumSite, Proposal[]> = { east: [], west: [], witness: [] };
  /** Entries that the next leader will find in its log and apply. */
  #orphans: (() => void)[] = [];
  #leaderLostAt = -1;

  constructor(queue: EventQueue, network: Network, dice: Dice, life?: EtcdLife) {
    this.#queue = queue;
    this.#network = network;
    this.#dice = dice;
    const member = (site: QuorumSite): SimProcess =>
      new SimProcess(`etcd.${site}`, site, queue, dice);
    this.members = life?.members ?? {
      east: member("east"),
      west: member("west"),
      witness: member("witness"),
    };
    this.values = life?.values ?? new KeyValues();
    this.#gone = life?.gone ?? new Set();
    if (life === undefined) for (const site of quorumSites) this.members[site].start();
    this.#watchLeader();
  }

  /**
   * `etcd --force-new-cluster` at the surviving site: a cluster of one, from what its member had. What was on its way to the others
   * is lost with them; should they come back, they go on as the older life that is returned.
   */
  beginNewLife(site: QuorumSite): Etcd {
    const older = new Etcd(this.#queue, this.#network, this.#dice, {
      members: this.members,
      values: this.values.copy(),
      gone: new Set([site]),
    });
    older.leader = null;
    this.#older = older;
    this.#life += 1;
    this.#voters.clear();
    this.#voters.add(site);
    this.#orphans = [];
    for (const member of quorumSites) this.#waiting[member] = [];
    this.leader = null;
    this.#elect(site);
    return older;
  }

  /** The members of the older life are removed there, and added here with empty data directories. */
  endOlderLife(): void {
    this.#older = null;
    for (const site of quorumSites) this.#voters.add(site);
  }

  /** Sends `operation` to the member at `endpoint`; `answered` runs in the caller if an answer arrives while it lives. */
  request<T>(
    caller: SimProcess,
    endpoint: QuorumSite,
    connection: { readonly there: Connection; readonly back: Connection },
    operation: (values: KeyValues) => T,
    answered: (answer: T) => void,
  ): void {
    if (this.#older !== null && !this.#voters.has(endpoint)) {
      this.#older.request(caller, endpoint, connection, operation, answered);
      return;
    }
    const callerLife = caller.life;
    const member = this.members[endpoint];
    const reply = (answer: T, from: QuorumSite): void => {
      const toCaller = (): void =>
        this.#network.send(endpoint, caller.place, connection.back, () =>
          caller.run(callerLife, () => answered(answer)),
        );
      if (from === endpoint) toCaller();
      else this.#network.send(from, endpoint, openConnection(), toCaller);
    };
    const apply = (): void => reply(operation(this.values), this.leader ?? endpoint);
    this.#network.send(caller.place, endpoint, connection.there, () => {
      member.run(member.life, () => this.#arrive(endpoint, apply));
    });
  }

  /** The leader hands over, as under load or in maintenance: a short time without a leader. */
  moveLeader(to: QuorumSite): void {
    this.leader = null;
    this.#queue.after(this.#dice.between(50, 400), () => {
      if (this.leader === null && this.#isSound(to)) this.#elect(to);
    });
  }

  #arrive(site: QuorumSite, apply: () => void): void {
    const leader = this.leader;
    if (leader === null || !this.#canReach(site, leader) || !this.#isSound(leader)) {
      this.#waiting[site].push({ apply, expiresAt: this.#queue.now + memberPatienceMs });
      return;
    }
    const raftTerm = this.raftTerm;
    const life = this.#life;
    const forwardMs = site === leader ? 0 : this.#network.oneWayMs(site, leader);
    this.#queue.after(forwardMs + this.#commitMs(leader), () => {
      if (life !== this.#life) return;
      if (this.raftTerm === raftTerm && this.leader === leader && this.#isSound(leader)) apply();
      // The entry may already be in the log of the next leader, or of nobody.
      else if (this.#dice.chance(0.6)) this.#orphans.push(apply);
    });
  }

  /** Time until a majority has the entry on disk: the leader's own, and the faster of the two others. */
  #commitMs(leader: QuorumSite): number {
    let fastest = this.#voters.size === 1 ? 0 : Number.POSITIVE_INFINITY;
    for (const site of this.#voters) {
      if (site === leader || !this.#canReach(leader, site)) continue;
      const roundTrip = this.#network.oneWayMs(leader, site) + this.#network.oneWayMs(site, leader);
      fastest = Math.min(fastest, roundTrip + this.fsyncMs[site]);
    }
    return Math.max(fastest, this.fsyncMs[leader]) + this.#dice.between(0, 4);
  }

  #isRunning(site: QuorumSite): boolean {
    const isMember = this.#voters.has(site) && !this.#gone.has(site);
    return isMember && this.members[site].isUp && !this.members[site].isPaused;
  }

  #canReach(from: QuorumSite, to: QuorumSite): boolean {
    return this.#isRunning(to) && this.#network.areJoined(from, to);
  }

  /** Whether `site` runs and reaches a majority. */
  #isSound(site: QuorumSite): boolean {
    if (!this.#isRunning(site)) return false;
    if (this.#voters.size === 1) return true;
    for (const other of this.#voters)
      if (other !== site && this.#canReach(site, other)) return true;
    return false;
  }

  #watchLeader(): void {
    this.#queue.after(200, () => {
      this.values.expire(this.#queue.now);
      const leader = this.leader;
      if (leader !== null && this.#isSound(leader)) this.#leaderLostAt = -1;
      else if (this.#leaderLostAt < 0) this.#leaderLostAt = this.#queue.now;
      else this.#maybeElect();
      this.#watchLeader();
    });
  }

  #maybeElect(): void {
    // Election time-out 1,500 ms, randomised up to twice that.
    if (this.#queue.now - this.#leaderLostAt < this.#dice.between(1_500, 3_000)) return;
    const candidates = quorumSites.filter((site) => this.#isSound(site));
    if (candidates.length > 0) this.#elect(this.#dice.pick(candidates));
  }

  #elect(site: QuorumSite): void {
    this.leader = site;
    this.raftTerm += 1;
    this.#leaderLostAt = -1;
    const orphans = this.#orphans;
    this.#orphans = [];
    for (const apply of orphans) this.#queue.after(this.#commitMs(site), apply);
    for (const member of quorumSites) {
      const waiting = this.#waiting[member];
      this.#waiting[member] = [];
      for (const proposal of waiting) {
        if (proposal.expiresAt > this.#queue.now) this.#arrive(member, proposal.apply);
      }
    }
  }
}
