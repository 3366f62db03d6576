import type { Clock, Random } from "@careline/platform";
import type { Place } from "../layout/index.ts";
import type { LinkSettings, LinkStatus } from "./wan-config.ts";

/** What a link needs of the lanes on it. */
export interface Traveller {
  /** The link may be passable again. */
  resume(): void;
  /** The connection dies with a reset at both ends. */
  reset(): void;
}

/** One direction between two places, with all lanes that run along it. */
export class Link {
  readonly from: Place;
  readonly to: Place;
  #settings: LinkSettings;
  #isCut = false;
  #blockedUntilMs = 0;
  #freeAtMs = 0;
  #bytes = 0;
  #latenessMaxMs = 0;
  readonly #lanes = new Set<Traveller>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(from: Place, to: Place, settings: LinkSettings, clock: Clock, random: Random) {
    this.from = from;
    this.to = to;
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
  }

  get latencyMs(): number {
    return this.#settings.latencyMs;
  }

  /** Whether nothing may pass now. */
  isBlocked(): boolean {
    return this.#isCut || this.#clock.monotonicMs() < this.#blockedUntilMs;
  }

  /**
   * When bytes that start their way at `startMs` arrive. They first wait for their turn on the
   * wire (bandwidth is shared by all lanes), then travel.
   */
  arrivalMs(startMs: number, bytes: number): number {
    this.#bytes += bytes;
    const { bandwidthKbps, latencyMs, jitterMs } = this.#settings;
    let sentMs = startMs;
    if (bandwidthKbps !== null) {
      // One kilobit per second is one bit per millisecond.
      this.#freeAtMs = Math.max(this.#freeAtMs, startMs) + (bytes * 8) / bandwidthKbps;
      sentMs = this.#freeAtMs;
    }
    return sentMs + latencyMs + (jitterMs === 0 ? 0 : this.#random.next() * jitterMs);
  }

  noteDelivered(dueMs: number): void {
    const latenessMs = this.#clock.monotonicMs() - dueMs;
    if (latenessMs > this.#latenessMaxMs) this.#latenessMaxMs = latenessMs;
  }

  join(lane: Traveller): void {
    this.#lanes.add(lane);
  }

  leave(lane: Traveller): void {
    this.#lanes.delete(lane);
  }

  change(settings: Partial<LinkSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  cut(): void {
    this.#isCut = true;
  }

  stall(forMs: number): void {
    this.#blockedUntilMs = this.#clock.monotonicMs() + forMs;
    this.#wakeWhenOver();
  }

  heal(): void {
    this.#isCut = false;
    this.#blockedUntilMs = 0;
    this.#wake();
  }

  resetAll(): void {
    for (const lane of this.#lanes) lane.reset();
  }

  status(): LinkStatus {
    return {
      from: this.from,
      to: this.to,
      settings: this.#settings,
      isCut: this.#isCut,
      stalledForMs: Math.max(0, Math.round(this.#blockedUntilMs - this.#clock.monotonicMs())),
      connections: this.#lanes.size,
      bytes: this.#bytes,
      latenessMaxMs: Math.round(this.#latenessMaxMs * 10) / 10,
    };
  }

  /** A timer may fire a fraction of a millisecond before the clock says so: look again. */
  #wakeWhenOver(): void {
    const restMs = this.#blockedUntilMs - this.#clock.monotonicMs();
    if (restMs > 0) this.#clock.after(restMs, () => this.#wakeWhenOver());
    else this.#wake();
  }

  #wake(): void {
    if (this.isBlocked()) return;
    // A lane that ends leaves the set meanwhile, which a set's own iteration allows.
    for (const lane of this.#lanes) lane.resume();
  }
}
