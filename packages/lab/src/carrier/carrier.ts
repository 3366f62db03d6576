import { type Clock, type Logger, type Random, uuidV7 } from "@careline/platform";
import type {
  CarrierCall,
  CarrierCommand,
  ProviderEvent,
  ProviderEventData,
} from "@careline/portal-contract/telephony/schemas.ts";
import { applyCommand, calleePicksUp, end, type Step } from "./call-machine.ts";
import type { CarrierConfig, PlaceCallBody } from "./carrier-config.ts";
import { calleeHabits, fictionalCallers } from "./fictional-callers.ts";
import type { SavedCall, SavedState } from "./state-file.ts";

interface LiveCall {
  facts: CarrierCall;
  /** Monotonic instant at which the person at the other end acts by themselves. */
  actsAtMs: number | null;
  answeredCommands: [string, boolean][];
}

/** 20 answers per call are remembered: a portal repeats a command within seconds, not after twenty others. */
const rememberedCommands = 20;
/** 1 in 7 callees does not answer, 1 in 7 is a voicemail. */
const unansweredOf = 7;

export interface CarrierDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly config: CarrierConfig;
  readonly tell: (event: ProviderEvent) => void;
}

/** The carrier: calls, callers' patience, the steady stream. Synchronous; `tick` moves time on. */
export class Carrier {
  readonly #deps: CarrierDeps;
  readonly #calls = new Map<string, LiveCall>();
  #stream: SavedState["stream"];
  #nextStreamCallMs: number | null = null;

  constructor(deps: CarrierDeps, saved: SavedState | null) {
    this.#deps = deps;
    this.#stream = saved?.stream ?? deps.config.stream;
    const now = deps.clock.monotonicMs();
    for (const call of saved?.calls ?? []) {
      const { remainingMs, answeredCommands, ...facts } = call;
      const actsAtMs = remainingMs === null ? null : now + remainingMs;
      this.#calls.set(call.providerCallId, { facts, actsAtMs, answeredCommands });
    }
  }

  calls(): readonly CarrierCall[] {
    return [...this.#calls.values()].map((call) => call.facts);
  }

  get stream(): SavedState["stream"] {
    return this.#stream;
  }

  setStream(stream: SavedState["stream"]): void {
    this.#stream = stream;
    this.#nextStreamCallMs = null;
  }

  save(): Omit<SavedState, "waiting"> {
    const now = this.#deps.clock.monotonicMs();
    const calls = [...this.#calls.values()].map(
      (call): SavedCall => ({
        ...call.facts,
        remainingMs: call.actsAtMs === null ? null : Math.max(0, call.actsAtMs - now),
        answeredCommands: call.answeredCommands,
      }),
    );
    return { calls, stream: this.#stream };
  }

  /** Lets a fictional caller call; null when the house is full. */
  place(body: PlaceCallBody): string | null {
    const { config, random } = this.#deps;
    if (this.#calls.size >= config.callsMax) return null;
    const callers = fictionalCallers.filter((caller) => caller.language === body.language);
    const from = body.phone ?? this.#oneOf(callers.length > 0 ? callers : fictionalCallers).phone;
    const { min, max } = config.patienceSeconds;
    const patience = body.patienceSeconds ?? min + random.next() * (max - min);
    const call = this.#begin(random.uuid(), "inbound", {
      state: "queued",
      from,
      queueCode: body.queueCode,
      language: body.language,
      statedReason: body.statedReason,
      priority: body.priority,
      agentId: null,
    });
    call.actsAtMs = this.#deps.clock.monotonicMs() + patience * 1_000;
    this.#tell(call, {
      kind: "arrived",
      from,
      queueCode: body.queueCode,
      language: body.language,
      statedReason: body.statedReason,
      priority: body.priority,
    });
    return call.facts.providerCallId;
  }

  /** Carries out a command; a repeated one is answered as the first time. Null: no such call. */
  command(providerCallId: string, { commandId, command }: CarrierCommand): boolean | null {
    const known = this.#calls.get(providerCallId);
    const before = known?.answeredCommands.find(([id]) => id === commandId);
    if (before !== undefined) return before[1];
    if (command.kind === "dial") {
      if (known !== undefined) return true;
      this.#dial(providerCallId, commandId, command);
      return true;
    }
    if (known === undefined) return null;
    const step = applyCommand(known.facts, command);
    known.answeredCommands = [
      ...known.answeredCommands.slice(1 - rememberedCommands),
      [commandId, step.applied],
    ];
    this.#take(known, step);
    return step.applied;
  }

  /** Callers give up, callees decide, the stream lets the next one call. Call it a few times a second. */
  tick(): void {
    const now = this.#deps.clock.monotonicMs();
    for (const call of this.#calls.values()) {
      if (call.actsAtMs !== null && call.actsAtMs <= now) this.#act(call);
    }
    if (!this.#stream.isOn) return;
    this.#nextStreamCallMs ??= now;
    // At most 50 a tick, so that a stopped process does not wake to a flood.
    for (let placed = 0; placed < 50 && this.#nextStreamCallMs <= now; placed += 1) {
      this.#placeOfStream();
      this.#nextStreamCallMs += 60_000 / this.#stream.callsPerMinute;
    }
    this.#nextStreamCallMs = Math.max(this.#nextStreamCallMs, now);
  }

  #placeOfStream(): void {
    const queue = this.#oneOf(this.#deps.config.queues);
    this.place({
      phone: null,
      queueCode: queue.code,
      language: this.#oneOf(queue.languages),
      statedReason: this.#oneOf(queue.reasons),
      priority: 5,
      patienceSeconds: null,
    });
  }

  #dial(
    providerCallId: string,
    commandId: string,
    command: { readonly agentId: string; readonly to: string },
  ): void {
    const call = this.#begin(providerCallId, "outbound", {
      state: "dialling",
      from: command.to,
      queueCode: "",
      language: "en",
      statedReason: null,
      priority: 5,
      agentId: command.agentId,
    });
    call.answeredCommands = [[commandId, true]];
    // A callee needs 2 to 5 s to reach the phone.
    call.actsAtMs = this.#deps.clock.monotonicMs() + 2_000 + this.#deps.random.next() * 3_000;
    this.#tell(call, { kind: "dialling", to: command.to });
  }

  #begin(
    providerCallId: string,
    direction: "inbound" | "outbound",
    facts: Pick<
      CarrierCall,
      "state" | "from" | "queueCode" | "language" | "statedReason" | "priority" | "agentId"
    >,
  ): LiveCall {
    const call: LiveCall = {
      facts: {
        ...facts,
        providerCallId,
        direction,
        otherAgentId: null,
        startedAt: this.#deps.clock.wallNow().toISOString(),
        lastSequence: 0,
      },
      actsAtMs: null,
      answeredCommands: [],
    };
    this.#calls.set(providerCallId, call);
    return call;
  }

  #act(call: LiveCall): void {
    call.actsAtMs = null;
    if (call.facts.state !== "dialling") {
      this.#take(call, end(call.facts, "caller"));
      return;
    }
    const chance = Math.floor(this.#deps.random.next() * unansweredOf);
    const byChance = chance === 0 ? "silent" : chance === 1 ? "voicemail" : "answers";
    const habit = calleeHabits[call.facts.from] ?? byChance;
    if (habit === "silent") this.#take(call, end(call.facts, "no_answer"));
    else this.#take(call, calleePicksUp(call.facts, habit === "voicemail"));
  }

  #take(call: LiveCall, step: Step): void {
    if (step.event === null) return;
    const wasTalking = call.facts.agentId !== null && call.facts.state !== "dialling";
    call.facts = { ...call.facts, ...step.call };
    if (!wasTalking && step.event.kind === "connected") {
      call.actsAtMs = this.#deps.clock.monotonicMs() + this.#deps.config.talkSecondsMax * 1_000;
    }
    this.#tell(call, step.event);
    if (call.facts.state === "ended") this.#calls.delete(call.facts.providerCallId);
  }

  #tell(call: LiveCall, data: ProviderEventData): void {
    const { clock, random, tell } = this.#deps;
    call.facts = { ...call.facts, lastSequence: call.facts.lastSequence + 1 };
    tell({
      eventId: uuidV7(clock.wallNow().getTime(), random),
      providerCallId: call.facts.providerCallId,
      sequence: call.facts.lastSequence,
      occurredAt: clock.wallNow().toISOString(),
      data,
    });
  }

  #oneOf<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#deps.random.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  }
}
