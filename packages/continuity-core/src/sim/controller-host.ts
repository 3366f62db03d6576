import { type Decision, decide, sentenceOf } from "../decide/index.ts";
import { type KeeperStatus, keeperStatus } from "../keeper/index.ts";
import type { Observation } from "../observe/index.ts";
import type { Site, SiteRecord } from "../store/index.ts";
import { keys } from "../store/index.ts";
import { Actor } from "./actor.ts";
import type { ControllerSurroundings } from "./controller-surroundings.ts";
import { lsnAt } from "./data-directory.ts";
import { EtcdClient } from "./etcd-client.ts";
import { type LocalMemory, lookAtPostgres } from "./local-facts.ts";
import { openConnection } from "./network.ts";
import { otherRegion, quorumSites, type RegionName } from "./places.ts";
import { QuorumMemory, readQuorum } from "./quorum-memory.ts";
import { SimProcess } from "./sim-process.ts";

const turnEveryMs = 200;
const readTimeoutMs = 400;
const siteRecordLivesMs = 5_000;
const wallText = "2026-01-01T00:00:00.000Z";

/** The process around the real decision code of one site: observe, decide, act, wait for the tick. */
export class ControllerHost {
  readonly site: Site;
  readonly process: SimProcess;
  /** The region whose database and keeper it tends; the witness has none. */
  readonly region: RegionName | null;
  readonly around: ControllerSurroundings;
  quorum = new QuorumMemory();
  memory: LocalMemory = { canary: null, restarts: 0 };
  geoRevokedAtRevision: number | null = null;
  client: EtcdClient;
  #reads: EtcdClient;
  #isAnswering = false;
  #isReading = false;
  #lapsedSinceMs: number | null = null;
  #sawServingAtMs = Number.NEGATIVE_INFINITY;
  #sawDatabaseAtMs = Number.NEGATIVE_INFINITY;
  #beat = 0;
  #ids = 0;
  actor: Actor;

  constructor(site: Site, around: ControllerSurroundings) {
    this.site = site;
    this.region = site === "witness" ? null : site;
    this.around = around;
    this.process = new SimProcess(`controller.${site}`, site, around.queue, around.dice);
    this.client = this.#newClient();
    this.#reads = this.#newClient();
    this.actor = new Actor(this);
    this.process.onStart = () => this.#start();
  }

  get bootId(): string {
    return `${this.process.name}#${this.process.life}`;
  }

  /** The own keeper reports the lapse: decide now, not at the tick. */
  lapsed(): void {
    this.process.run(this.process.life, () => this.#read());
  }

  nowMs(): number {
    return this.process.monotonicMs();
  }

  /** What this controller has in hand at this instant. */
  observe(): Observation {
    const now = this.nowMs();
    const { region } = this;
    const keeper = this.#keeperStatus();
    this.#noticeLapse(keeper, now);
    this.#ids += 1;
    return {
      self: this.site,
      controllerBootId: this.bootId,
      quorum: this.quorum.seen(now, this.#isAnswering),
      keeper,
      postgres: region === null ? null : this.#lookAtPostgres(region),
      redis: region === null ? null : this.around.redis[region].look(),
      lapsedForMs: this.#lapsedSinceMs === null ? null : now - this.#lapsedSinceMs,
      sightings: this.#sightings(now),
      estimatedLossMs: region === null ? null : this.#estimatedLossMs(region),
      geoRevokedAtRevision: this.geoRevokedAtRevision,
      canReachPrimary: now - this.#sawDatabaseAtMs < 3_000,
      busyWith: this.actor.busyWith,
      fresh: { id: `${this.bootId}-${this.#ids}`, at: wallText },
    };
  }

  #start(): void {
    this.quorum = new QuorumMemory();
    this.memory = { canary: null, restarts: 0 };
    this.geoRevokedAtRevision = null;
    this.client = this.#newClient();
    this.#reads = this.#newClient();
    this.#isAnswering = false;
    this.#isReading = false;
    this.#lapsedSinceMs = null;
    this.#sawServingAtMs = Number.NEGATIVE_INFINITY;
    this.#sawDatabaseAtMs = Number.NEGATIVE_INFINITY;
    this.actor = new Actor(this);
    this.#live();
  }

  #newClient(): EtcdClient {
    const first: Site[] = [this.site, "witness", "east", "west"];
    return new EtcdClient(this.around.etcd, this.process, [...new Set(first)]);
  }

  #live(): void {
    this.#probePrimary();
    this.#report();
    this.#read();
    if (this.region !== null)
      this.around.keeperOf(this.region).dispatch({ kind: "controller-seen" });
    this.process.after(turnEveryMs, () => this.#live());
  }

  /** Each turn begins with a fresh reading; without an answer it is taken with what is known. */
  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const askedAtMs = this.nowMs();
    let isOver = false;
    const { queue } = this.around;
    this.#reads.request(
      readTimeoutMs,
      (values) => readQuorum(values, queue.now),
      (reading) => {
        this.quorum.take(reading, askedAtMs, this.nowMs());
        if (isOver) return;
        isOver = true;
        this.#isReading = false;
        this.#isAnswering = true;
        this.#turn();
      },
      () => {
        isOver = true;
        this.#isReading = false;
        this.#isAnswering = false;
        this.#turn();
      },
    );
  }

  #turn(): void {
    const observation = this.observe();
    const decision = decide(observation, this.around.policy, this.around.rules);
    this.around.onDecision(this, decision);
    if (decision.kind === "hold") return;
    this.around.note(this.process.name, () => this.#tell(decision));
    this.actor.act(decision, observation);
  }

  #tell(decision: Decision): string {
    return `${decision.kind}: ${sentenceOf(decision)}`;
  }

  #keeperStatus(): KeeperStatus | null {
    if (this.region === null) return null;
    const keeper = this.around.keeperOf(this.region);
    if (keeper.state === undefined || keeper.process.isPaused) return null;
    const now = keeper.process.monotonicMs();
    const status = keeperStatus(keeper.state, now);
    if (status.lapsesInMs === null) return status;
    return { ...status, lapsesInMs: keeper.lapsesInMs(keeper.state, now) };
  }

  #noticeLapse(keeper: KeeperStatus | null, now: number): void {
    if (keeper === null || keeper.lapsesInMs !== 0) this.#lapsedSinceMs = null;
    else this.#lapsedSinceMs ??= now;
  }

  #lookAtPostgres(region: RegionName): Observation["postgres"] {
    const rate = this.process.clockRate;
    return lookAtPostgres(this.around.databases[region], this.memory, rate);
  }

  /** Since it was known to have everything, plus one way over the link. That it still hears the primary proves nothing. */
  #estimatedLossMs(region: RegionName): number | null {
    const postgres = this.around.databases[region];
    if (!postgres.isStandby || postgres.completeAt === null) return null;
    const sinceMs = this.around.queue.now - postgres.completeAt;
    return sinceMs * this.process.clockRate + 500;
  }

  /** GET /health of the primary's portal, and a connection to its database. */
  #probePrimary(): void {
    const primary = this.quorum.reading?.view.term.record?.primary;
    if (primary === undefined) return;
    const { databases, network, portals } = this.around;
    const life = this.process.life;
    const portal = portals[primary];
    network.send(this.site, primary, openConnection(), () =>
      portal.process.run(portal.process.life, () => {
        const isServing = portal.hasPermit();
        const isDatabaseUp = databases[primary].isPrimary && !databases[primary].process.isPaused;
        network.send(primary, this.site, openConnection(), () =>
          this.process.run(life, () => {
            if (isServing) this.#sawServingAtMs = this.nowMs();
            if (isDatabaseUp) this.#sawDatabaseAtMs = this.nowMs();
          }),
        );
      }),
    );
  }

  #sightings(now: number): Observation["sightings"] {
    const own = { by: this.site, ageMs: now - this.#sawServingAtMs };
    const others = Object.values(this.quorum.seen(now, true).sites).flatMap((seen) =>
      seen.record.seesPrimaryServing && seen.record.site !== this.site
        ? [{ by: seen.record.site, ageMs: seen.ageMs }]
        : [],
    );
    return own.ageMs < 60_000 ? [own, ...others] : others;
  }

  #report(): void {
    this.#beat += 1;
    const record = this.#siteRecord();
    const { queue } = this.around;
    this.client.request(
      readTimeoutMs,
      (values) => values.putUntil(keys.site(this.site), record, queue.now + siteRecordLivesMs),
      () => undefined,
      () => undefined,
    );
  }

  #siteRecord(): SiteRecord {
    const { region } = this;
    const postgres = region === null ? null : this.around.databases[region];
    const redis = region === null ? null : this.around.redis[region].look();
    const now = this.nowMs();
    return {
      site: this.site,
      controllerBootId: this.bootId,
      keeperBootId: null,
      version: "1",
      beat: this.#beat,
      postgres:
        postgres === null
          ? null
          : {
              state: this.#databaseState(postgres),
              dataId: postgres.directory.dataId,
              timeline: postgres.directory.timeline,
              lsn: lsnAt(postgres.position),
              replayDelayMs: postgres.isReplayPaused ? 60_000 : 0,
            },
      redis: redis === null ? null : { role: redis.role, offset: redis.offset },
      diskFreeBytes: postgres?.isDiskFull === true ? 0 : 1e12,
      certificateDaysLeft: 90,
      settingsDigest: "same",
      sees: [...quorumSites],
      seesPrimaryServing: now - this.#sawServingAtMs < 1_000,
      reportedAt: wallText,
    };
  }

  #databaseState(
    postgres: ControllerSurroundings["databases"]["east"],
  ): "down" | "starting" | "primary" | "standby" {
    if (postgres.isPrimary) return "primary";
    if (postgres.isStandby) return "standby";
    return postgres.state === "starting" ? "starting" : "down";
  }

  /** The other region's name, for what is done there. */
  get otherRegion(): RegionName | null {
    return this.region === null ? null : otherRegion(this.region);
  }
}
