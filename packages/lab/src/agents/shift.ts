import { eventEnvelopeSchema, routes } from "@careline/portal-contract";
import { z } from "zod";
import { Desk, readOffer } from "./desk.ts";
import { readStream } from "./event-stream.ts";
import { oneOf } from "./fictional.ts";
import type { SimulatedAgent } from "./simulated-agent.ts";

/** How long an agent waits for an offer before looking whether one was missed. */
const offerWaitMs = 15_000;
/** A caller of a drill waits longer than any drill lasts. */
const patienceSeconds = 900;
/** Longest pause of a person whose screen was slow. */
const waitedMostMs = 3_000;

const currentSchema = z.looseObject({
  offer: z.looseObject({ callId: z.string(), outcome: z.string().nullable() }).nullable(),
  calls: z.array(
    z.looseObject({ callId: z.string(), state: z.string(), queueId: z.string().nullable() }),
  ),
});
const programmesSchema = z.looseObject({
  programmes: z.array(z.looseObject({ programmeId: z.string(), languages: z.array(z.string()) })),
  queues: z.array(
    z.looseObject({
      queueId: z.string(),
      programmeId: z.string(),
      code: z.string(),
      wrapUpCodes: z.array(z.looseObject({ code: z.string() })),
    }),
  ),
});
type Programmes = z.infer<typeof programmesSchema>;

/** A signed-in agent at work: stream open, available, one call after another, always typing. */
export class Shift {
  readonly agent: SimulatedAgent;
  #desk: Desk | null = null;
  #programmes: Programmes = { programmes: [], queues: [] };
  #offers: string[] = [];
  #wakeForOffer: (() => void) | null = null;
  isStreaming = false;

  constructor(agent: SimulatedAgent) {
    this.agent = agent;
  }

  get isOnCall(): boolean {
    return this.#desk?.isOnCall ?? false;
  }

  /** Works until `signal` aborts; then what was in flight has an unknown outcome, and the outbox still knows it. */
  async work(signal: AbortSignal): Promise<void> {
    const { agent } = this;
    const sending = agent.outbox.run(signal);
    try {
      await this.#prepare(signal);
      await Promise.all([this.#listen(signal), this.#type(signal), this.#takeCalls(signal)]);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      await sending;
    }
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    const { agent } = this;
    const found = await agent.door.read(routes.listProgrammes, {}, signal);
    const parsed = programmesSchema.safeParse(found);
    if (parsed.success) this.#programmes = parsed.data;
    const codes = this.#programmes.queues.flatMap((queue) => {
      const code = queue.wrapUpCodes[0]?.code;
      return code === undefined ? [] : [[queue.queueId, code] as const];
    });
    this.#desk = new Desk(agent, new Map(codes));
  }

  async #takeCalls(signal: AbortSignal): Promise<void> {
    const { agent } = this;
    const { pace } = agent.options;
    const desk = this.#desk;
    if (desk === null) return;
    await this.#finishOldCalls(desk, signal);
    while (!signal.aborted) {
      await agent.write("presence", routes.setPresence, { body: { state: "available" } }, signal);
      await this.#letSomebodyCall(signal);
      const callId = await this.#nextOffer(signal);
      if (callId !== null) await desk.workCall(callId, signal);
      await agent.pause(pace.restMs, signal);
    }
  }

  async #finishOldCalls(desk: Desk, signal: AbortSignal): Promise<void> {
    const found = await this.agent.door.read(routes.readCurrentCalls, {}, signal);
    const current = currentSchema.safeParse(found);
    if (!current.success) return;
    for (const call of current.data.calls) await desk.finishCall(call, signal);
  }

  /** One more fictional caller for one of the agent's own queues, so that there are always as many calls as agents. */
  async #letSomebodyCall(signal: AbortSignal): Promise<void> {
    const queue = oneOf(this.#programmes.queues, this.agent.options.random);
    if (queue === undefined) return;
    const programme = this.#programmes.programmes.find(
      (other) => other.programmeId === queue.programmeId,
    );
    const body = {
      phone: null,
      queueCode: queue.code,
      language: programme?.languages[0] ?? "en",
      statedReason: "drill",
      patienceSeconds,
    };
    await this.agent.write("demo-calls", routes.placeDemoCall, { body }, signal);
  }

  async #nextOffer(signal: AbortSignal): Promise<string | null> {
    const waiting = this.#offers.shift();
    if (waiting !== undefined) return waiting;
    const rung = Promise.withResolvers<void>();
    this.#wakeForOffer = rung.resolve;
    const limit = new AbortController();
    const sleep = this.agent.options.clock
      .sleep(offerWaitMs, AbortSignal.any([signal, limit.signal]))
      .catch(() => {});
    await Promise.race([rung.promise, sleep]);
    limit.abort();
    this.#wakeForOffer = null;
    signal.throwIfAborted();
    return this.#offers.shift() ?? (await this.#offerMissedByStream(signal));
  }

  async #offerMissedByStream(signal: AbortSignal): Promise<string | null> {
    const found = await this.agent.door.read(routes.readCurrentCalls, {}, signal);
    const current = currentSchema.safeParse(found);
    const offer = current.success ? current.data.offer : null;
    return offer !== null && offer.outcome === null ? offer.callId : null;
  }

  async #type(signal: AbortSignal): Promise<void> {
    const { agent } = this;
    while (!signal.aborted) {
      const { clock, pace, random } = agent.options;
      const startedMs = clock.monotonicMs();
      await this.#desk?.type(signal);
      // Whoever waits for the screen does not type on meanwhile: a slow region gets fewer drafts, not a queue of them.
      const waitedMs = Math.min(clock.monotonicMs() - startedMs, waitedMostMs);
      const pauseMs = Math.max(pace.typingMs, waitedMs);
      await clock.sleep(pauseMs * (0.8 + 0.4 * random.next()), signal);
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { browser, options } = this.agent;
    while (!signal.aborted) {
      try {
        const headers = { accept: "text/event-stream" };
        const stream = await browser.open(
          `${options.pinnedOrigin ?? options.origin}/api/events`,
          headers,
          signal,
        );
        this.isStreaming = stream.status === 200;
        // What rang while nobody listened: before the first connection, and between two.
        if (this.isStreaming) void this.#lookForOffer(signal);
        for await (const message of readStream(stream.body)) {
          if (stream.status === 200) this.#hear(message.event, message.data);
        }
      } catch (thrown) {
        if (signal.aborted) throw thrown;
      }
      this.isStreaming = false;
      // Spread over a second, as browsers do: all streams break at once when a region moves.
      await options.clock.sleep(200 + 1_000 * options.random.next(), signal);
    }
  }

  async #lookForOffer(signal: AbortSignal): Promise<void> {
    try {
      const callId = await this.#offerMissedByStream(signal);
      if (callId !== null) this.#ring(callId);
    } catch {
      // Stopping, or no answer for a minute: the next round of `takeCalls` looks again.
    }
  }

  #ring(callId: string): void {
    this.#offers.push(callId);
    this.#wakeForOffer?.();
  }

  #hear(kind: string, text: string): void {
    const envelope = eventEnvelopeSchema.safeParse(JSON.parse(text));
    if (!envelope.success) return;
    const { data } = envelope.data;
    if (typeof data === "object" && data !== null && "confirmed" in data) {
      this.agent.outbox.observeConfirmed(String(data.confirmed));
    }
    const offer = readOffer(kind, data);
    if (offer === null) return;
    this.#offers = this.#offers.filter((callId) => callId !== offer.callId);
    if (offer.isOpen) this.#ring(offer.callId);
  }
}
