import {
  type ControllerRules,
  controllerRules,
  defaultPolicy,
  type Policy,
} from "../decide/index.ts";
import { type KeeperRules, keeperRules, keeperWith } from "../keeper/index.ts";
import { defaultParameters, type Parameters } from "../parameters.ts";
import { whyRefused } from "../runs/index.ts";
import { type ForceQuorumOrder, firstRecords, forceQuorum, initialise } from "../store/index.ts";
import { Browser, type BrowserRules, browserRules } from "./browser.ts";
import { type Coverage, count, newCoverage } from "./coverage.ts";
import { append, cloneDirectory, newDirectory } from "./data-directory.ts";
import { Dice } from "./dice.ts";
import { Etcd, type QuorumSite } from "./etcd.ts";
import { EventQueue } from "./event-queue.ts";
import type { OperatorAction } from "./fault.ts";
import { FrontDoor } from "./front-door.ts";
import { KeeperHost } from "./keeper-host.ts";
import type { KeeperSurroundings } from "./keeper-surroundings.ts";
import { leaseWatch } from "./lease-watch.ts";
import { Network, openConnection } from "./network.ts";
import { Observer } from "./observer.ts";
import {
  type ByRegion,
  otherRegion,
  type Place,
  perRegion,
  quorumSites,
  type RegionName,
  regionNames,
} from "./places.ts";
import { Portal } from "./portal.ts";
import { type PortalRules, portalRules } from "./portal-rules.ts";
import { Postgres } from "./postgres.ts";
import { RealControllers } from "./real-controllers.ts";
import { Receiver, type RefusalRule } from "./receiver.ts";
import { type Controllers, RecklessControllers } from "./reckless-controllers.ts";
import { Redis } from "./redis.ts";
import type { SimProcess } from "./sim-process.ts";
import { runStreaming } from "./wal-streaming.ts";

/** The rules that a simulated world lives by; the mutation check replaces one at a time. */
export interface WorldRules {
  readonly keeper: KeeperRules;
  readonly controllers: ControllerRules;
  /** Which stamps a receiver still obeys. */
  readonly receiver: RefusalRule;
  readonly portal: PortalRules;
  readonly browser: BrowserRules;
}

export const defaultWorldRules: WorldRules = {
  keeper: keeperRules,
  controllers: controllerRules,
  receiver: whyRefused,
  portal: portalRules,
  browser: browserRules,
};

/** The plan of each region; they differ while a change is rolled out. */
export type ParametersOf = (region: RegionName) => Parameters;

export interface WorldOptions {
  readonly seed: number;
  readonly parameters?: ParametersOf;
  /** How long browsers think between two writes. */
  readonly thinkMs?: number;
  readonly rules?: WorldRules;
  /** What the plan allows, where it is not the default. */
  readonly policy?: Partial<Policy>;
  readonly controllers?: "real" | "reckless";
  /** Receives one line per thing worth telling; absent: nothing is formatted. */
  readonly onNote?: (atMs: number, who: string, text: string) => void;
}

const rpoBoundMs = 5_000;
const wallText = "2026-01-01T00:00:00.000Z";

/** Three sites, the edge and everything in them, before the first event. */
export class World {
  readonly seed: number;
  readonly queue = new EventQueue();
  readonly oneWayMs: number;
  readonly coverage: Coverage = newCoverage();
  readonly parameters: Parameters;
  readonly rules: WorldRules;
  readonly network: Network;
  readonly etcd: Etcd;
  readonly databases: ByRegion<Postgres>;
  readonly redis: ByRegion<Redis>;
  readonly keepers: ByRegion<KeeperHost>;
  /** A keeper that runs beside the one that holds the site, where two people started one. */
  readonly #secondKeepers = new Map<RegionName, KeeperHost>();
  readonly portals: ByRegion<Portal>;
  readonly frontDoor: FrontDoor;
  readonly browsers: readonly Browser[];
  readonly observer: Observer;
  readonly controllers: Controllers;
  readonly #parametersOf: ParametersOf;
  readonly #thinkMs: number;
  readonly #policy: Partial<Policy>;
  readonly #processes = new Map<string, SimProcess>();
  readonly #onNote: WorldOptions["onNote"];
  readonly #watchers: ((who: string, text: string) => void)[] = [];

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.#parametersOf = options.parameters ?? (() => defaultParameters);
    this.parameters = this.#parametersOf("east");
    this.#thinkMs = options.thinkMs ?? 900;
    this.#policy = options.policy ?? {};
    this.rules = options.rules ?? defaultWorldRules;
    this.#onNote = options.onNote;
    const { queue } = this;
    this.oneWayMs = this.parameters.roundTripMs / 2;
    this.network = new Network(queue, this.dice("network"), this.oneWayMs);
    this.etcd = new Etcd(queue, this.network, this.dice("etcd"));
    this.databases = this.#createDatabases();
    this.redis = { east: new Redis("east"), west: new Redis("west") };
    for (const region of regionNames) {
      const peer = otherRegion(region);
      this.redis[region].follow(this.redis[peer], () => this.network.areJoined(region, peer));
    }
    this.redis.east.role = "primary";
    this.portals = perRegion((region) => this.#createPortal(region));
    const { databases, portals } = this;
    this.observer = new Observer({
      queue,
      portals,
      databases,
      rpoBoundMs,
      keeperOf: (region) => this.keepers[region].process,
    });
    const tellLease = leaseWatch(queue, this.dice("watch"), (region) => this.keepers[region]);
    this.etcd.values.onPut = (key, record) => {
      this.observer.stored(key, record);
      tellLease(key, record, this.etcd.values.revision);
    };
    const first = firstRecords({
      store: { id: "00000000-0000-4000-8000-000000000001", generation: 1 },
      primary: "east",
      claim: "initial",
      validityMs: this.parameters.leaseMs,
      at: wallText,
    });
    this.etcd.values.txn(initialise(first));
    this.keepers = perRegion((region) => this.#createKeeper(region));
    this.frontDoor = new FrontDoor(queue, this.network, this.portals);
    this.browsers = this.#createBrowsers();
    this.controllers =
      options.controllers === "reckless"
        ? new RecklessControllers(this)
        : this.#createControllers();
    this.#registerProcesses();
    this.#spreadClocks();
    for (const region of regionNames) {
      runStreaming(this.databases[region], this.databases[otherRegion(region)], this.network);
      this.keepers[region].process.start();
      this.portals[region].process.start();
    }
    this.controllers.start();
  }

  /** A browser's machine is gone: nobody will replay what it held. */
  loseOutbox(browser: number): void {
    for (const key of this.browsers[browser]?.lose() ?? []) this.observer.unreplayable.add(key);
  }

  /** Somebody starts another keeper for a site, past the lock. */
  startSecondKeeper(region: RegionName): void {
    if (this.#secondKeepers.has(region)) return;
    const second = this.#createKeeper(region, `second-keeper.${region}`);
    this.#secondKeepers.set(region, second);
    second.process.start();
  }

  /** Somebody sees the alarm, ends the second keeper and starts the first one anew. */
  endSecondKeeper(region: RegionName): void {
    const second = this.#secondKeepers.get(region);
    if (second === undefined) return;
    this.#secondKeepers.delete(region);
    second.process.kill();
    this.keepers[region].process.kill();
    this.keepers[region].process.start();
  }

  /** Two people have seen that the other data plane is off, and begin a new life of the quorum store where it survived. */
  forceQuorum(region: RegionName): void {
    const survivor = this.etcd.values.view();
    const older = this.etcd.beginNewLife(region);
    older.values.onPut = (key) => this.observer.storedInOlderLife(key);
    const order: ForceQuorumOrder = {
      newStoreId: "00000000-0000-4000-8000-000000000002",
      primary: region,
      by: ["anna", "bert"],
      evidence: "the other data plane is off",
      newestTermInData: this.databases[region].newestTerm(),
      validityMs: this.parameters.leaseMs,
      at: wallText,
    };
    this.etcd.values.txn(forceQuorum(survivor, order));
  }

  /** Chance for one part of the world. */
  dice(part: string): Dice {
    return new Dice(this.seed, part);
  }

  note(who: string, text: () => string): void {
    if (this.#onNote === undefined && this.#watchers.length === 0) return;
    const told = text();
    this.#onNote?.(this.queue.now, who, told);
    for (const watch of this.#watchers) watch(who, told);
  }

  /** Calls `watch` for each thing worth telling, so that a script can wait for its moment. */
  watch(watch: (who: string, text: string) => void): void {
    this.#watchers.push(watch);
  }

  process(name: string): SimProcess {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`no process ${name} in this world`);
    return process;
  }

  processes(): readonly SimProcess[] {
    return [...this.#processes.values()];
  }

  processesIn(place: Place): readonly SimProcess[] {
    return this.processes().filter((process) => process.place === place);
  }

  operate(action: OperatorAction, at: QuorumSite, target: RegionName): void {
    this.controllers.operate(action, at, target);
  }

  #registerProcesses(): void {
    const all = [...this.controllers.processes];
    for (const region of regionNames) {
      all.push(this.keepers[region].process, this.portals[region].process);
      all.push(this.databases[region].process);
    }
    for (const site of quorumSites) all.push(this.etcd.members[site]);
    for (const process of all) this.#processes.set(process.name, process);
  }

  /** Half of the worlds have clocks at the limits of what is assumed, the others have ordinary ones. */
  #spreadClocks(): void {
    const dice = this.dice("clocks");
    const error = dice.chance(0.5) ? this.parameters.clockRateError : 0.0002;
    for (const process of this.processes()) {
      const rate = dice.chance(0.5) ? dice.between(-error, error) : dice.pick([-error, error]);
      process.setClockRate(1 + rate);
    }
  }

  #createDatabases(): ByRegion<Postgres> {
    const east = newDirectory("data-1");
    append(east, { kind: "checkpoint", key: "initdb", term: 0, site: "east" });
    const west = cloneDirectory(east, "data-2");
    const directories = { east, west };
    return perRegion((region) => {
      const dice = this.dice(`postgres.${region}`);
      const postgres = new Postgres(region, this.queue, dice, directories[region]);
      postgres.hasSlot = region === "east";
      postgres.onWritten = (record) => this.observer.recorded(record);
      postgres.onPromoted = (term) => {
        this.note(postgres.process.name, () => `is promoted at ${postgres.position}`);
        this.observer.promoted(postgres, term);
      };
      return postgres;
    });
  }

  #createPortal(region: RegionName): Portal {
    const { network, queue, rules } = this;
    return new Portal(region, this.databases[region], queue, this.dice(`portal.${region}`), {
      rules: rules.portal,
      acceptsUnprotected: true,
      askPermit: (portal, question, seenChange, answered) => {
        const { life } = portal.process;
        network.send(region, region, openConnection(), () =>
          this.#actingKeeper(region).askPermit(
            { portal: portal.id, question, seenChange },
            (answer) =>
              network.send(region, region, openConnection(), () =>
                portal.process.run(life, () => answered(answer)),
              ),
          ),
        );
      },
      onAcknowledge: (acknowledgement) => this.observer.acknowledge(acknowledgement),
      onPermit: (portal) => this.observer.permitted(portal),
    });
  }

  #createKeeper(region: RegionName, name?: string): KeeperHost {
    const around: KeeperSurroundings = {
      queue: this.queue,
      network: this.network,
      etcd: this.etcd,
      dice: this.dice(`keeper.${region}`),
      keeper: keeperWith(this.rules.keeper),
      keeperRules: this.rules.keeper,
      parameters: this.#parametersOf(region),
      postgres: this.databases[region],
      redis: this.redis[region],
      portals: () => [this.portals[region]],
      other: () => this.keepers[otherRegion(region)],
      note: (who, text) => this.note(who, text),
      onStep: (before, _event, after) => {
        if (before.phase.kind === after.phase.kind) return;
        const told = `${before.phase.kind} → ${after.phase.kind}`;
        count(this.coverage.keeper, told);
        this.note(name ?? `keeper.${region}`, () => told);
      },
      onLapse: () => this.controllers.lapsed(region),
    };
    return new KeeperHost(region, around, name);
  }

  /** The keeper that the site's own portal and controller talk to. */
  #actingKeeper(region: RegionName): KeeperHost {
    return this.#secondKeepers.get(region) ?? this.keepers[region];
  }

  #createControllers(): RealControllers {
    let dataIds = 2;
    return new RealControllers({
      queue: this.queue,
      network: this.network,
      etcd: this.etcd,
      dice: this.dice("controllers"),
      policy: {
        ...defaultPolicy,
        weakenAfterMs: this.parameters.weakenAfterMs,
        // More faults in minutes than a region sees in years: the limit would only end the seed.
        failoversPerHourMax: Number.POSITIVE_INFINITY,
        ...this.#policy,
      },
      rules: this.rules.controllers,
      keeperOf: (region) => this.#actingKeeper(region),
      databases: this.databases,
      redis: this.redis,
      portals: this.portals,
      receivers: perRegion(() => new Receiver(this.rules.receiver)),
      freshDataId: () => {
        dataIds += 1;
        return `data-${dataIds}`;
      },
      observer: this.observer,
      note: (who, text) => this.note(who, text),
      onDecision: (_controller, decision) => {
        const name = decision.kind === "hold" ? `hold: ${decision.why}` : decision.kind;
        count(this.coverage.decisions, name);
      },
      onRun: (transition) => count(this.coverage.runs, transition),
    });
  }

  #createBrowsers(): readonly Browser[] {
    const environment = {
      queue: this.queue,
      network: this.network,
      dice: this.dice("browsers"),
      frontDoor: this.frontDoor,
      portals: this.portals,
      rules: this.rules.browser,
    };
    const plan = [null, null, null, null, "east", "west"] as const;
    return plan.map((pin, index) => new Browser(`b${index + 1}`, pin, this.#thinkMs, environment));
  }
}
