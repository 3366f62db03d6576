import type { Keeper, KeeperEvent, KeeperRules, KeeperState } from "../keeper/index.ts";
import type { Parameters } from "../parameters.ts";
import type { Dice } from "./dice.ts";
import type { Etcd } from "./etcd.ts";
import type { EventQueue } from "./event-queue.ts";
import type { KeeperHost } from "./keeper-host.ts";
import type { Network } from "./network.ts";
import type { Portal } from "./portal.ts";
import type { Postgres } from "./postgres.ts";
import type { Redis } from "./redis.ts";

/** Everything of the world that a keeper can reach. */
export interface KeeperSurroundings {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly etcd: Etcd;
  readonly dice: Dice;
  readonly keeper: Keeper;
  readonly keeperRules: KeeperRules;
  readonly parameters: Parameters;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly portals: () => readonly Portal[];
  readonly other: () => KeeperHost;
  readonly note: (who: string, text: () => string) => void;
  readonly onStep: (before: KeeperState, event: KeeperEvent, after: KeeperState) => void;
  /** The standby's keeper sees that the primary has lapsed. */
  readonly onLapse: () => void;
}
