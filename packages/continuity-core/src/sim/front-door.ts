import type { EventQueue } from "./event-queue.ts";
import { type Network, openConnection } from "./network.ts";
import { type RegionName, regionNames } from "./places.ts";
import type { Portal } from "./portal.ts";

const checkEveryMs = 250;
const checkTimeoutMs = 400;
/** Failures in a row before a region is taken out; one success brings it back. */
const fallCount = 2;

interface Health {
  failures: number;
  isUp: boolean;
}

/** Sends requests to the region whose `/health` answers 200, east first; it learns of changes late, as routers do. */
export class FrontDoor {
  readonly #queue: EventQueue;
  readonly #network: Network;
  readonly #portals: Readonly<Record<RegionName, Portal>>;
  readonly #health: Record<RegionName, Health> = {
    east: { failures: fallCount, isUp: false },
    west: { failures: fallCount, isUp: false },
  };

  constructor(queue: EventQueue, network: Network, portals: Readonly<Record<RegionName, Portal>>) {
    this.#queue = queue;
    this.#network = network;
    this.#portals = portals;
    for (const region of regionNames) this.#checkForEver(region);
  }

  /** Where a request goes now; null when no region is known to be writable. */
  route(): RegionName | null {
    if (this.#health.east.isUp) return "east";
    return this.#health.west.isUp ? "west" : null;
  }

  #checkForEver(region: RegionName): void {
    this.#check(region);
    this.#queue.after(checkEveryMs, () => this.#checkForEver(region));
  }

  #check(region: RegionName): void {
    const portal = this.#portals[region];
    const health = this.#health[region];
    const connection = openConnection();
    let isAnswered = false;
    const settle = (isHealthy: boolean): void => {
      if (isAnswered) return;
      isAnswered = true;
      health.failures = isHealthy ? 0 : health.failures + 1;
      if (isHealthy) health.isUp = true;
      else if (health.failures >= fallCount) health.isUp = false;
    };
    this.#queue.after(checkTimeoutMs, () => settle(false));
    this.#network.send("edge", region, connection, () => {
      if (!portal.process.isUp) return;
      portal.process.run(portal.process.life, () => {
        const isHealthy = portal.hasPermit();
        this.#network.send(region, "edge", openConnection(), () => settle(isHealthy));
      });
    });
  }
}
