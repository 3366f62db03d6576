import { type Clock, describeError, type Logger } from "@careline/platform";
import { type EventKind, events } from "@careline/portal-contract";
import { z } from "zod";
import type { PermitView } from "../permit/index.ts";
import type { RedisChannel, RedisClient } from "../redis/index.ts";
import type { OutgoingEvent } from "./outgoing-event.ts";
import type { EventPublisher } from "./publisher.ts";

/** Another process is taken for gone when it was silent this long; it sends a sign of life each `signEachMs`. */
const silenceMs = 15_000;
const signEachMs = 5_000;
const channelName = "careline:events";

const messageSchema = z.object({
  from: z.uuid(),
  /** Counts the sender's messages from 1, so that a lost one shows. */
  count: z.int().positive(),
  event: z
    .object({ kind: z.string(), data: z.unknown(), audience: z.looseObject({}), at: z.string() })
    .nullable(),
});

/** An event with its instant, as streams receive it. */
export interface HubEvent extends OutgoingEvent {
  readonly at: string;
}

export interface HubListener {
  readonly onEvent: (event: HubEvent) => void;
  /** Events may have been missed. */
  readonly onGap: () => void;
}

export interface HubDeps {
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly permit: PermitView;
  readonly redis: RedisClient;
}

interface Peer {
  count: number;
  heardAtMs: number;
}

/**
 * Carries events to the streams of this process directly and to those of the region's other processes through Redis pub/sub. (LISTEN/NOTIFY
 * was weighed: NOTIFY holds one lock of the whole database until the commit ends, which with a 60 ms wait for the standby allows 16
 * commits a second.) Redis may lose messages, so each sender counts them: a missing number, a lost subscription or a sender that fell
 * silent is told to the streams as a gap, and the screens read again.
 */
export class EventHub implements EventPublisher {
  readonly #deps: HubDeps;
  readonly #listeners = new Set<HubListener>();
  readonly #peers = new Map<string, Peer>();
  #count = 0;
  #channel: RedisChannel | null = null;
  #stopSigns: (() => void) | null = null;

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { redis, clock } = this.#deps;
    this.#channel = redis.subscribe(
      channelName,
      (text) => this.#receive(text),
      () => this.#gap(),
    );
    this.#stopSigns = clock.every(signEachMs, () => {
      this.#send(null);
      this.#forgetSilentPeers();
    });
  }

  stop(): void {
    this.#channel?.close();
    this.#stopSigns?.();
  }

  publish(event: OutgoingEvent): void {
    const { permit, clock, log } = this.#deps;
    if (permit.current() === null) return;
    const parsed = events[event.kind as EventKind].data.safeParse(event.data);
    if (!parsed.success) {
      // The change is committed; a screen that misses its event reads it later.
      log.error(
        { kind: event.kind, error: describeError(parsed.error).slice(0, 200) },
        "an event breaks its own schema",
      );
      this.#gap();
      return;
    }
    const stamped: HubEvent = { ...event, data: parsed.data, at: clock.wallNow().toISOString() };
    this.#deliver(stamped);
    this.#send(stamped);
  }

  listen(listener: HubListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #deliver(event: HubEvent): void {
    for (const listener of this.#listeners) listener.onEvent(event);
  }

  #gap(): void {
    for (const listener of this.#listeners) listener.onGap();
  }

  /** A message that Redis did not take was counted, so the others see that they missed it. */
  #send(event: HubEvent | null): void {
    this.#count += 1;
    const message = JSON.stringify({ from: this.#deps.bootId, count: this.#count, event });
    void this.#deps.redis.command(["PUBLISH", channelName, message]);
  }

  #receive(text: string): void {
    const parsed = messageSchema.safeParse(parseJson(text));
    if (!parsed.success || parsed.data.from === this.#deps.bootId) return;
    const { from, count, event } = parsed.data;
    const peer = this.#peers.get(from);
    const heardAtMs = this.#deps.clock.monotonicMs();
    if (peer !== undefined && count !== peer.count + 1) this.#gap();
    this.#peers.set(from, { count, heardAtMs });
    if (event !== null && Object.hasOwn(events, event.kind)) this.#deliver(event as HubEvent);
  }

  #forgetSilentPeers(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const [bootId, peer] of this.#peers) {
      if (nowMs - peer.heardAtMs < silenceMs) continue;
      this.#peers.delete(bootId);
      this.#gap();
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
