import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "@careline/platform";
import type { EventData } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import type { KnownSession, SessionReader } from "../serving/index.ts";
import { ClientStream, type ClientStreamDeps, heartbeatMs } from "./client-stream.ts";
import type { DeskSigns } from "./desk-signs.ts";
import type { EventHub, HubEvent } from "./event-hub.ts";

/** Most streams one process keeps open; 500 agents with several tabs stay far below. */
const streamsMax = 5_000;
/** Longest time for checking one session again. */
const recheckMs = 3_000;

export interface StreamsDeps extends ClientStreamDeps {
  readonly hub: EventHub;
  readonly sessions: SessionReader;
  readonly signs: DeskSigns;
  readonly clock: Clock;
  /** Calls back when the standby's position moved; returns how to stop. */
  readonly onConfirmed: (listener: (confirmed: string) => void) => () => void;
}

interface Open {
  readonly stream: ClientStream;
  readonly headers: IncomingHttpHeaders;
}

/** All event streams of this process: fan-out, heartbeats with a look at each session, and the end of all when the permit goes. */
export class Streams {
  readonly #deps: StreamsDeps;
  readonly #open = new Set<Open>();
  readonly #stops: (() => void)[] = [];

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#open.size;
  }

  start(): void {
    const { hub, clock, permit, onConfirmed } = this.#deps;
    this.#stops.push(
      hub.listen({
        onEvent: (event) => {
          if (event.kind === "session") this.#tellSessions(event);
          else this.#each((stream) => stream.deliver(event));
        },
        onGap: () => this.#each((stream) => stream.gap()),
      }),
      onConfirmed((confirmed) => this.#each((stream) => stream.confirmed(confirmed))),
      permit.onChange((isHeld) => {
        if (!isHeld) this.drain();
      }),
      clock.every(heartbeatMs, () => void this.#beat()),
    );
  }

  /** Ends every stream, asking its client to reconnect: the region stops serving, or this process stops. */
  drain(): void {
    this.#each((stream) => stream.drain());
    this.#open.clear();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.drain();
  }

  /** Begins a stream on a response whose head was written. Errors: OVERLOADED. */
  begin(response: ServerResponse, known: KnownSession, headers: IncomingHttpHeaders): void {
    if (this.#open.size >= streamsMax)
      throw new PortalError("OVERLOADED", `${streamsMax} streams are open`);
    const open = { stream: new ClientStream(response, known.session, this.#deps), headers };
    this.#open.add(open);
    void this.#deps.signs.give(new Set([known.session.agentId]));
    response.on("close", () => this.#open.delete(open));
  }

  #each(action: (stream: ClientStream) => void): void {
    for (const { stream } of this.#open) action(stream);
  }

  #tellSessions(event: HubEvent): void {
    const { state } = event.data as EventData<"session">;
    for (const open of this.#open) {
      if (event.audience.sessions?.includes(open.stream.session.sessionId) !== true) continue;
      if (state === "active") open.stream.deliver(event);
      else this.#finish(open, state);
    }
  }

  async #beat(): Promise<void> {
    const { clock, signs } = this.#deps;
    const signal = clock.deadline(recheckMs);
    await Promise.all([...this.#open].map((open) => this.#recheck(open, signal)));
    await signs.give(new Set([...this.#open].map(({ stream }) => stream.session.agentId)));
  }

  /** A session that ended or locked meanwhile loses its stream; one that cannot be looked up keeps it until the next beat. */
  async #recheck(open: Open, signal: AbortSignal): Promise<void> {
    try {
      const known = await this.#deps.sessions.find(
        open.headers,
        this.#deps.clock.wallNow(),
        false,
        signal,
      );
      if (known.state === "locked") this.#finish(open, "locked");
      else open.stream.heartbeat();
    } catch (thrown) {
      const code = thrown instanceof PortalError ? thrown.code : "";
      if (code === "SESSION_ENDED" || code === "SESSION_REQUIRED") this.#finish(open, "ended");
      else open.stream.heartbeat();
    }
  }

  #finish(open: Open, state: "locked" | "ended"): void {
    open.stream.endSession(state);
    this.#open.delete(open);
  }
}
