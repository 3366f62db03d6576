import type { TermRow, WriteClass } from "./data-directory.ts";
import type { Dice } from "./dice.ts";
import type { EventQueue, ScheduledEvent } from "./event-queue.ts";
import type { FrontDoor } from "./front-door.ts";
import { type Network, openConnection } from "./network.ts";
import type { RegionName } from "./places.ts";
import type { Portal, TermPosition, WriteAnswer } from "./portal.ts";

/** One write in the outbox: kept until the standby is known to have it. */
interface Kept {
  readonly key: string;
  readonly writeClass: WriteClass;
  acknowledgedAt: TermPosition | null;
  isInFlight: boolean;
  attempts: number;
}

export interface BrowserEnvironment {
  readonly queue: EventQueue;
  readonly network: Network;
  readonly dice: Dice;
  readonly frontDoor: FrontDoor;
  readonly portals: Readonly<Record<RegionName, Portal>>;
  readonly rules: BrowserRules;
}

/** The rules of the outbox (site-contracts.md, "Answers of the portal"). */
export interface BrowserRules {
  /** A write of an older term survived if it lies at or below the start of the next term. */
  survived(write: TermPosition, terms: readonly TermRow[]): boolean | "unknown";
  /** A position confirmed in the same term. */
  isConfirmed(write: TermPosition, confirmed: TermPosition): boolean;
}

export const browserRules: BrowserRules = {
  survived(write, terms) {
    let next: TermRow | undefined;
    for (const row of terms) {
      if (row.term > write.term && (next === undefined || row.term < next.term)) next = row;
    }
    return next === undefined ? "unknown" : write.position <= next.startsAt;
  },
  isConfirmed: (write, confirmed) =>
    write.term === confirmed.term && write.position <= confirmed.position,
};

const requestTimeoutMs = 5_000;
/** At most this many writes wait; a person stops typing before that. */
const keptMax = 200;

/** A person at a browser: writes now and then, and keeps each write until it is confirmed. */
export class Browser {
  readonly name: string;
  /** Talks to one region's own port, whatever the front door thinks. */
  readonly pinnedTo: RegionName | null;
  thinkMs: number;
  isWriting = true;
  readonly #environment: BrowserEnvironment;
  readonly #kept = new Map<string, Kept>();
  #written = 0;

  constructor(
    name: string,
    pinnedTo: RegionName | null,
    thinkMs: number,
    environment: BrowserEnvironment,
  ) {
    this.name = name;
    this.pinnedTo = pinnedTo;
    this.thinkMs = thinkMs;
    this.#environment = environment;
    this.#live();
  }

  /** Keys whose writes this outbox still holds. */
  keptKeys(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /** The machine is gone, and the outbox with it. Answers what it held. */
  lose(): readonly string[] {
    const held = [...this.#kept.keys()];
    this.#kept.clear();
    return held;
  }

  #live(): void {
    const { dice, queue } = this.#environment;
    queue.after(dice.exponential(this.thinkMs) + 5, () => {
      if (this.isWriting && this.#kept.size < keptMax) this.#writeSomething();
      this.#live();
    });
    queue.after(0, () => this.#resendDue());
  }

  #writeSomething(): void {
    const { dice } = this.#environment;
    this.#written += 1;
    const key = `${this.name}-${this.#written}`;
    const writeClass = dice.chance(0.5) ? "geo" : "local";
    const kept: Kept = { key, writeClass, acknowledgedAt: null, isInFlight: false, attempts: 0 };
    this.#kept.set(key, kept);
    this.#send(kept);
  }

  /** What was never acknowledged is sent again, oldest first, at most three at a time. */
  #resendDue(): void {
    let sent = 0;
    for (const kept of this.#kept.values()) {
      if (kept.isInFlight || kept.acknowledgedAt !== null) continue;
      this.#send(kept);
      sent += 1;
      if (sent === 3) return;
    }
  }

  #send(kept: Kept): void {
    const { frontDoor, network, portals, queue } = this.#environment;
    const region = this.pinnedTo ?? frontDoor.route();
    if (region === null) return;
    const portal = portals[region];
    kept.isInFlight = true;
    kept.attempts += 1;
    const attempt = kept.attempts;
    let timer: ScheduledEvent | undefined;
    const finish = (answer: WriteAnswer | undefined): void => {
      if (kept.attempts !== attempt || !kept.isInFlight) return;
      kept.isInFlight = false;
      if (timer !== undefined) timer.action = undefined;
      if (answer !== undefined) this.#learn(kept, answer, portal);
    };
    timer = queue.after(requestTimeoutMs, () => finish(undefined));
    network.send("edge", region, openConnection(), () =>
      portal.handle({
        key: kept.key,
        writeClass: kept.writeClass,
        answer: (answer) => network.send(region, "edge", openConnection(), () => finish(answer)),
      }),
    );
  }

  #learn(kept: Kept, answer: WriteAnswer, portal: Portal): void {
    const { rules } = this.#environment;
    if (answer.kind === "acknowledged") kept.acknowledgedAt = answer.position;
    const { confirmed } = answer;
    let oldest = Number.POSITIVE_INFINITY;
    for (const each of this.#kept.values()) {
      if (each.acknowledgedAt === null) continue;
      if (confirmed !== null && rules.isConfirmed(each.acknowledgedAt, confirmed))
        this.#kept.delete(each.key);
      else oldest = Math.min(oldest, each.acknowledgedAt.term);
    }
    const newest = answer.position?.term ?? 0;
    if (oldest < newest) this.#askTerms(portal);
  }

  /** `GET /terms`: what lay below the start of the next term survived; the rest is sent again with its key. */
  #askTerms(portal: Portal): void {
    const { network, rules } = this.#environment;
    const { region } = portal;
    network.send("edge", region, openConnection(), () =>
      portal.process.run(portal.process.life, () => {
        const terms = portal.terms();
        network.send(region, "edge", openConnection(), () => {
          for (const kept of this.#kept.values()) {
            if (kept.acknowledgedAt === null) continue;
            const fate = rules.survived(kept.acknowledgedAt, terms);
            if (fate === true) this.#kept.delete(kept.key);
            else if (fate === false) kept.acknowledgedAt = null;
          }
        });
      }),
    );
  }
}
