import type { KeeperCommand } from "../keeper/index.ts";
import { writeSync } from "../store/index.ts";
import type { Dice } from "./dice.ts";
import type { QuorumSite } from "./etcd.ts";
import type { OperatorAction } from "./fault.ts";
import { quorumSites, type RegionName, regionNames } from "./places.ts";
import { SimProcess } from "./sim-process.ts";
import type { World } from "./world.ts";

/** What a world needs of its controllers, whoever they are. */
export interface Controllers {
  readonly processes: readonly SimProcess[];
  /** The keeper of `region` sees that the primary has lapsed. */
  lapsed(region: RegionName): void;
  start(): void;
  operate(action: OperatorAction, at: QuorumSite, target: RegionName): void;
  /** A forced failover that waits for two approvers. */
  orderGuarded(at: QuorumSite, target: RegionName, by: string): void;
  approve(at: QuorumSite, by: string): void;
}

const everyMs = 150;

/**
 * Controllers that have lost their minds: they order whatever comes to mind, whenever. Whatever they order, the keepers
 * alone must see to it that no two regions acknowledge.
 */
export class RecklessControllers implements Controllers {
  readonly processes: readonly SimProcess[];
  readonly #world: World;
  readonly #dice: Dice;
  #claims = 0;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice("reckless");
    this.processes = quorumSites.map(
      (site) => new SimProcess(`controller.${site}`, site, world.queue, this.#dice),
    );
    for (const [index, region] of regionNames.entries()) {
      const process = this.processes[index] as SimProcess;
      process.onStart = () => this.#live(process, region);
    }
  }

  start(): void {
    for (const process of this.processes) process.start();
  }

  lapsed(region: RegionName): void {
    if (this.#dice.chance(0.7)) this.#order(region, this.#takeOver(false));
  }

  operate(_action: OperatorAction, _at: QuorumSite, target: RegionName): void {
    this.#order(target, this.#takeOver(true));
  }

  orderGuarded(_at: QuorumSite, target: RegionName): void {
    this.#order(target, this.#takeOver(true));
  }

  /** They ask nobody. */
  approve(): void {}

  #live(process: SimProcess, region: RegionName): void {
    process.after(everyMs, () => {
      const keeper = this.#world.keepers[region];
      keeper.dispatch({ kind: "controller-seen" });
      const command = this.#think(region);
      if (command !== undefined) this.#order(region, command);
      this.#recordStandby(region);
      this.#live(process, region);
    });
  }

  /** Says in the store which standby streams, so that take-overs are possible at all. */
  #recordStandby(region: RegionName): void {
    const { databases, etcd } = this.#world;
    const { sender, directory } = databases[region];
    const { term, sync } = etcd.values.view();
    if (sender === undefined || term.record?.primary !== region || sync.record === null) return;
    const isRecorded =
      sync.record.standbyDataId === sender.standbyDataId &&
      sync.record.timeline === directory.timeline;
    if (isRecorded && !this.#dice.chance(0.02)) return;
    const record = {
      ...sync.record,
      standbyDataId: sender.standbyDataId,
      timeline: directory.timeline,
      safeToPromote: true,
    };
    etcd.values.txn(writeSync(etcd.values.view(), record));
  }

  #order(region: RegionName, command: KeeperCommand): void {
    this.#world.note(`controller.${region}`, () => `orders ${command.kind}`);
    this.#world.keepers[region].command(command, (outcome) =>
      this.#world.note(`controller.${region}`, () => `${command.kind}: ${JSON.stringify(outcome)}`),
    );
  }

  /** What a sane controller would want here, and now and then something else. */
  #think(region: RegionName): KeeperCommand | undefined {
    const dice = this.#dice;
    const state = this.#world.keepers[region].state;
    const term = state?.view?.term.record;
    if (state === undefined || !term) return undefined;
    if (dice.chance(0.004)) {
      const whims = ["drain", "release", "take-back", "start-primary", "start-standby"] as const;
      return { kind: dice.pick(whims) };
    }
    if (dice.chance(0.002)) return this.#takeOver(dice.chance(0.5));
    const isOurs = term.primary === region;
    const isReleased = state.view?.lease.record?.kind === "released";
    if (isOurs && isReleased && dice.chance(0.1)) return { kind: "take-back" };
    if (isOurs && state.phase.kind === "draining" && dice.chance(0.1)) return { kind: "take-back" };
    if (isOurs && state.postgres === "down" && dice.chance(0.3)) return { kind: "start-primary" };
    if (!isOurs && state.postgres === "down" && dice.chance(0.3)) return { kind: "start-standby" };
    const hasLapsed = state.lapseReported === state.view?.lease.revision;
    if (!isOurs && hasLapsed && dice.chance(0.2)) return this.#takeOver(false);
    return undefined;
  }

  #takeOver(force: boolean): KeeperCommand {
    this.#claims += 1;
    return {
      kind: "take-over",
      order: {
        claim: `claim-${this.#claims}`,
        run: null,
        cause: force ? "forced" : "switchover",
        evidence: [],
        force,
        withinRpo: true,
        mustReach: null,
        acceptGeoLoss: true,
        at: "2026-01-01T00:00:00.000Z",
      },
    };
  }
}
