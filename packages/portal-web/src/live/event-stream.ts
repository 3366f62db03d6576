import type { EventEnvelope } from "@careline/portal-contract/event.ts";
import type { EventData, EventKind } from "@careline/portal-contract/events.ts";
import { browserClock } from "../clock/index.ts";

export type StreamMessage = {
  [Kind in EventKind]: { readonly kind: Kind; readonly data: EventData<Kind> };
}[EventKind];

export interface StreamListener {
  /** The stream is open. Whatever happened before is unknown: read the lists again. */
  readonly onOpen: () => void;
  readonly onMessage: (message: StreamMessage) => void;
  /** Numbers were skipped or the service said so: read the lists again. */
  readonly onGap: () => void;
  readonly onLost: () => void;
}

/** Every kind that the stream may carry; a test holds this and the contract together. */
export const eventKinds: readonly EventKind[] = [
  "hello",
  "heartbeat",
  "confirmed",
  "gap",
  "session",
  "drain",
  "offer",
  "call",
  "presence",
  "task",
  "board",
];

/** Two and a half heartbeats of 10 s: then the connection is taken for dead, whatever TCP says. */
const silenceMaxMs = 25_000;
const reconnectFirstMs = 250;
const reconnectMostMs = 4_000;

/** Follows the service's event stream until `signal` aborts, connecting again whenever it is lost. */
export async function followEvents(
  url: string,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const wasOpen = await oneConnection(url, listener, signal);
    if (signal.aborted) return;
    listener.onLost();
    failures = wasOpen ? 0 : failures + 1;
    const waitMs = Math.min(reconnectMostMs, reconnectFirstMs * 2 ** failures);
    await browserClock.sleep(waitMs, signal).catch(() => {});
  }
}

/** Resolves when the connection has ended; true when it had been open. */
function oneConnection(
  url: string,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const order = new SequenceCheck();
    let isOpen = false;
    let stopWatchdog = watchdog(() => end());
    const end = (): void => {
      stopWatchdog();
      signal.removeEventListener("abort", end);
      source.close();
      resolve(isOpen);
    };
    signal.addEventListener("abort", end, { once: true });
    source.addEventListener("error", end);
    for (const kind of eventKinds) {
      source.addEventListener(kind, (event: MessageEvent<string>) => {
        stopWatchdog();
        stopWatchdog = watchdog(end);
        const envelope = readEnvelope(event.data);
        if (envelope === null || order.isGap(envelope) || kind === "gap") {
          listener.onGap();
          if (envelope === null || kind === "gap") return;
        }
        if (kind === "hello") {
          isOpen = true;
          listener.onOpen();
        }
        // Validated by the service against the same table of events.
        listener.onMessage({ kind, data: envelope.data } as StreamMessage);
        if (kind === "drain") end();
      });
    }
  });
}

function watchdog(end: () => void): () => void {
  return browserClock.after(silenceMaxMs, end);
}

function readEnvelope(text: string): EventEnvelope | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const isEnvelope =
      typeof parsed === "object" && parsed !== null && "streamId" in parsed && "sequence" in parsed;
    return isEnvelope ? (parsed as EventEnvelope) : null;
  } catch {
    return null;
  }
}

/** Sees skipped sequence numbers and a stream that was replaced by another. */
export class SequenceCheck {
  #streamId: string | null = null;
  #last = 0;

  isGap(envelope: Pick<EventEnvelope, "streamId" | "sequence">): boolean {
    const isFirst = this.#streamId === null;
    const follows = this.#streamId === envelope.streamId && envelope.sequence === this.#last + 1;
    this.#streamId = envelope.streamId;
    this.#last = envelope.sequence;
    return !isFirst && !follows;
  }
}
