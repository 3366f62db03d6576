import type { LocalRedis } from "../observe/index.ts";
import type { RegionName } from "./places.ts";

/** Redis of one region: who may write to it, whom it follows. A cache; nothing in it is the only copy. */
export class Redis {
  readonly region: RegionName;
  role: "primary" | "replica" = "replica";
  offset = 0;
  isBlocked = true;
  #isLinked: () => boolean = () => false;

  constructor(region: RegionName) {
    this.region = region;
  }

  /** A replica follows the other region's Redis while that one is primary and the network lets it. */
  follow(peer: Redis, areJoined: () => boolean): void {
    this.#isLinked = () => this.role === "replica" && peer.role === "primary" && areJoined();
  }

  look(): LocalRedis {
    return { role: this.role, offset: this.offset, isLinked: this.#isLinked() };
  }

  get isWritable(): boolean {
    return this.role === "primary" && !this.isBlocked;
  }

  block(): void {
    this.isBlocked = true;
  }

  unblock(): void {
    this.isBlocked = false;
  }
}
