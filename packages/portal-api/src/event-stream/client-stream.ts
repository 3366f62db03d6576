import type { ServerResponse } from "node:http";
import { type Clock, type Random, uuidV7 } from "@careline/platform";
import type { EventData, EventKind } from "@careline/portal-contract";
import type { PermitView } from "../permit/index.ts";
import type { Session } from "../serving/index.ts";
import { mayReceive } from "./audience.ts";
import type { HubEvent } from "./event-hub.ts";

export const heartbeatMs = 10_000;
/** Between two tellings of the standby's position when nothing else carries it. */
const confirmedEachMs = 1_000;
/** A client that lets this much pile up is cut off; it reconnects and reads again. */
const backlogBytesMax = 1_000_000;
/** How soon a client should come back after its stream was ended. */
const retryMs = 500;

export interface ClientStreamDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly permit: PermitView;
  readonly site: string;
  readonly confirmed: () => string;
}

/**
 * One open event stream. Its sequence counts every message from 1. Nothing of the region's state leaves without a permit: the check and the
 * write are one synchronous step (continuity.md, invariant 1).
 */
export class ClientStream {
  readonly session: Session;
  readonly #deps: ClientStreamDeps;
  readonly #response: ServerResponse;
  readonly #streamId: string;
  #sequence = 0;
  #confirmedAtMs = 0;
  #isOver = false;

  constructor(response: ServerResponse, session: Session, deps: ClientStreamDeps) {
    this.#response = response;
    this.session = session;
    this.#deps = deps;
    this.#streamId = uuidV7(deps.clock.wallNow().getTime(), deps.random);
    response.on("close", () => {
      this.#isOver = true;
    });
    response.write(`retry: ${retryMs}\n\n`);
    this.#send("hello", { heartbeatMs, site: deps.site, confirmed: deps.confirmed() });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  deliver(event: HubEvent): void {
    if (mayReceive(event.audience, this.session)) this.#send(event.kind, event.data, event.at);
  }

  heartbeat(): void {
    this.#send("heartbeat", { confirmed: this.#deps.confirmed() });
  }

  confirmed(confirmed: string): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#confirmedAtMs < confirmedEachMs) return;
    this.#confirmedAtMs = nowMs;
    this.#send("confirmed", { confirmed });
  }

  gap(): void {
    this.#send("gap", {});
  }

  /** Tells the state of the session and ends: a locked or ended session sees nothing more. */
  endSession(state: EventData<"session">["state"]): void {
    this.#send("session", { state });
    this.#end();
  }

  /** Asks the client to reconnect through the front door, and ends. Tells nothing of the region's state, so it needs no permit. */
  drain(): void {
    this.#write("drain", { retryMs }, this.#deps.clock.wallNow().toISOString());
    this.#end();
  }

  #send(kind: EventKind, data: unknown, at = this.#deps.clock.wallNow().toISOString()): void {
    if (this.#deps.permit.current() === null) return;
    this.#write(kind, data, at);
  }

  #write(kind: EventKind, data: unknown, at: string): void {
    if (this.#isOver) return;
    if (this.#response.writableLength > backlogBytesMax) {
      this.#isOver = true;
      this.#response.destroy();
      return;
    }
    this.#sequence += 1;
    const envelope = { streamId: this.#streamId, sequence: this.#sequence, kind, at, data };
    this.#response.write(
      `id: ${this.#sequence}\nevent: ${kind}\ndata: ${JSON.stringify(envelope)}\n\n`,
    );
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#response.end();
  }
}
