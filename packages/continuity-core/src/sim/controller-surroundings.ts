import type { ControllerRules, Decision, Policy } from "../decide/index.ts";
import type { ControllerHost } from "./controller-host.ts";
import type { Dice } from "./dice.ts";
import type { Etcd } from "./etcd.ts";
import type { EventQueue } from "./event-queue.ts";
import type { KeeperHost } from "./keeper-host.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { ByRegion, RegionName } from "./places.ts";
import type { Portal } from "./portal.ts";
import type { Postgres } from "./postgres.ts";
import type { Receiver } from "./receiver.ts";
import type { Redis } from "./redis.ts";

/** Everything of the world that a controller can reach. */
export interface ControllerSurroundings {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly etcd: Etcd;
  readonly dice: Dice;
  readonly policy: Policy;
  readonly rules: ControllerRules;
  /** The keeper that the controller of a region talks to. */
  readonly keeperOf: (region: RegionName) => KeeperHost;
  readonly databases: ByRegion<Postgres>;
  readonly redis: ByRegion<Redis>;
  readonly portals: ByRegion<Portal>;
  readonly receivers: ByRegion<Receiver>;
  readonly freshDataId: () => string;
  readonly observer: Observer;
  readonly note: (who: string, text: () => string) => void;
  readonly onDecision: (controller: ControllerHost, decision: Decision) => void;
  readonly onRun: (transition: string) => void;
}
