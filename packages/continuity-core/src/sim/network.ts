import type { Dice } from "./dice.ts";
import type { EventQueue } from "./event-queue.ts";
import { type Place, places } from "./places.ts";

interface HeldMessage {
  readonly connection: Connection;
  readonly deliver: () => void;
}

/** One direction between two places. */
interface Link {
  delayMs: number;
  jitterMs: number;
  /** Probability that a packet must be sent again, which delays it and all that follow on its connection. */
  loss: number;
  /** Cuts that are in force; the link is whole when all are over. */
  cuts: number;
  cutAt: number;
  held: HeldMessage[];
}

/** An ordered byte stream in one direction: what was sent first arrives first, or nothing after it arrives. */
export interface Connection {
  isOpen: boolean;
  lastArrival: number;
}

export function openConnection(): Connection {
  return { isOpen: true, lastArrival: 0 };
}

/** Retransmission gives up after this long: what a longer cut held back is lost with its connection. */
const retransmitForMs = 15_000;

/**
 * The network between places. A cut never tells anyone: bytes sent into it are retransmitted and may arrive after
 * it heals, long after their sender gave up. Order holds within a connection and nowhere else.
 */
export class Network {
  readonly #queue: EventQueue;
  readonly #dice: Dice;
  readonly #oneWayMs: number;
  readonly #links = new Map<Place, Map<Place, Link>>();

  constructor(queue: EventQueue, dice: Dice, oneWayMs: number) {
    this.#queue = queue;
    this.#dice = dice;
    this.#oneWayMs = oneWayMs;
    for (const from of places) {
      const row = new Map<Place, Link>();
      for (const to of places) {
        row.set(to, { delayMs: 0, jitterMs: 0, loss: 0, cuts: 0, cutAt: 0, held: [] });
      }
      this.#links.set(from, row);
    }
    for (const from of places) for (const to of places) this.restore(from, to);
  }

  /** Bytes from one place to another; `deliver` runs on arrival, if they arrive. */
  send(from: Place, to: Place, connection: Connection, deliver: () => void): void {
    if (!connection.isOpen) return;
    const link = this.#link(from, to);
    if (link.cuts > 0) {
      link.held.push({ connection, deliver });
      return;
    }
    this.#transmit(link, connection, deliver, 0);
  }

  isCut(from: Place, to: Place): boolean {
    return this.#link(from, to).cuts > 0;
  }

  /** Both directions work. */
  areJoined(one: Place, other: Place): boolean {
    return one === other || !(this.isCut(one, other) || this.isCut(other, one));
  }

  oneWayMs(from: Place, to: Place): number {
    return this.#link(from, to).delayMs;
  }

  cut(from: Place, to: Place): void {
    const link = this.#link(from, to);
    if (from === to) return;
    link.cuts += 1;
    if (link.cuts === 1) link.cutAt = this.#queue.now;
  }

  /** After a cut, each connection that was not given up sends again what it held, after its own back-off. */
  heal(from: Place, to: Place): void {
    const link = this.#link(from, to);
    if (link.cuts === 0) return;
    link.cuts -= 1;
    if (link.cuts > 0) return;
    const held = link.held;
    link.held = [];
    const isTooLate = this.#queue.now - link.cutAt > retransmitForMs;
    const backOff = new Map<Connection, number>();
    for (const { connection, deliver } of held) {
      let waitMs = backOff.get(connection);
      if (waitMs === undefined) {
        const isLost = isTooLate || this.#dice.chance(0.3);
        waitMs = isLost ? Number.POSITIVE_INFINITY : this.#dice.magnitude(1, 3_000);
        backOff.set(connection, waitMs);
        // A byte stream has no holes: what lost bytes carries nothing any more, which nobody is told.
        connection.isOpen &&= !isLost;
      }
      if (connection.isOpen) this.#transmit(link, connection, deliver, waitMs);
    }
  }

  setQuality(from: Place, to: Place, delayMs: number, loss: number): void {
    const link = this.#link(from, to);
    link.delayMs = delayMs;
    link.jitterMs = delayMs / 2;
    link.loss = loss;
  }

  /** As at the beginning. */
  restore(from: Place, to: Place): void {
    const link = this.#link(from, to);
    link.delayMs = from === to ? 0.05 : this.#oneWayMs;
    link.jitterMs = from === to ? 0.4 : this.#oneWayMs / 5;
    link.loss = 0;
  }

  #transmit(link: Link, connection: Connection, deliver: () => void, extraMs: number): void {
    let delayMs = link.delayMs + link.jitterMs * this.#dice.next() + extraMs;
    // A lost packet is sent again after the retransmission time-out (Linux: at least 200 ms).
    if (link.loss > 0 && this.#dice.chance(link.loss)) delayMs += 200 + 2 * link.delayMs;
    const arrival = Math.max(this.#queue.now + delayMs, connection.lastArrival);
    connection.lastArrival = arrival;
    this.#queue.at(arrival, deliver);
  }

  #link(from: Place, to: Place): Link {
    return this.#links.get(from)?.get(to) as Link;
  }
}
