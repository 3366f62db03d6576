import { events, routes } from "@careline/portal-contract";
import { z } from "zod";
import { anAdverseEvent, aText, oneOf, searchPrefixes } from "./fictional.ts";
import type { SimulatedAgent } from "./simulated-agent.ts";

const hitsSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      patientId: z.string(),
      firstName: z.string(),
      lastName: z.string(),
      mrn: z.string(),
      isRestricted: z.boolean(),
    }),
  ),
});

function hitsOf(answer: unknown): z.infer<typeof hitsSchema>["items"] {
  const parsed = hitsSchema.safeParse(answer);
  return parsed.success ? parsed.data.items.filter((hit) => !hit.isRestricted) : [];
}

const pristineWrapUp = {
  code: null,
  reason: null,
  resolution: null,
  followUpRequired: false,
  followUpDate: null,
} as const;

/**
 * The work of one call on one desk, from the answered offer to the closed call, in the order in which a person does it.
 * Everything that is written about a call has one record key, so that it arrives in order also after a failover.
 */
export class Desk {
  readonly #agent: SimulatedAgent;
  /** The call that is typed about now; null while there is none. */
  #typingCallId: string | null = null;
  #revision = 0;
  /** A wrap-up code of each queue that asks for one. */
  readonly #wrapUpCodes: ReadonlyMap<string, string>;

  constructor(agent: SimulatedAgent, wrapUpCodes: ReadonlyMap<string, string>) {
    this.#agent = agent;
    this.#wrapUpCodes = wrapUpCodes;
  }

  get isOnCall(): boolean {
    return this.#typingCallId !== null;
  }

  /** Works one call. Resolves when it is closed, or when the portal says that it is somebody else's. */
  async workCall(callId: string, signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const { pace, random } = agent.options;
    const about = { recordKey: `call:${callId}`, params: { callId } };
    const answered = await agent.write(
      about.recordKey,
      routes.answerCall,
      { params: about.params, body: {} },
      signal,
    );
    if (answered === null) return;
    agent.experience.callsAnswered += 1;
    this.#typingCallId = callId;
    try {
      const patientId = await this.#findPatient(callId, signal);
      await agent.pause(pace.talkMs, signal);
      await this.#addNote(callId, signal);
      const isAdverse = random.next() < pace.adverseEventShare;
      if (isAdverse) await this.#recordAdverseEvent(callId, patientId, signal);
      await this.#answerScreen(callId, isAdverse, signal);
      await agent.pause(pace.thinkMs, signal);
      await agent.write(
        about.recordKey,
        routes.hangUpCall,
        { params: about.params, body: {} },
        signal,
      );
    } finally {
      this.#typingCallId = null;
    }
    await this.#wrapUp(callId, queueOf(answered), signal);
  }

  /** Takes up a call that an earlier shift left open. */
  async finishCall(
    call: { readonly callId: string; readonly state: string; readonly queueId: string | null },
    signal: AbortSignal,
  ): Promise<void> {
    const { callId, state } = call;
    await this.#answerScreen(callId, false, signal);
    if (state !== "wrapping") {
      const hangUp = { params: { callId }, body: {} };
      await this.#agent.write(`call:${callId}`, routes.hangUpCall, hangUp, signal);
    }
    await this.#wrapUp(callId, call.queueId, signal);
  }

  /** One keystroke's worth: a draft of the note during a call, a sign of activity otherwise. */
  async type(signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const callId = this.#typingCallId;
    if (callId === null) {
      await agent.write("activity", routes.noteActivity, {}, signal);
      return;
    }
    this.#revision += 1;
    const body = {
      noteType: "general",
      noteText: aText(1 + (this.#revision % 4), agent.options.random),
      revision: this.#revision,
    } as const;
    await agent.write(`call:${callId}`, routes.saveNoteDraft, { params: { callId }, body }, signal);
  }

  async #findPatient(callId: string, signal: AbortSignal): Promise<string | null> {
    const agent = this.#agent;
    const { random, pace } = agent.options;
    const candidates = await agent.door.read(routes.listCandidates, { params: { callId } }, signal);
    await agent.pause(pace.thinkMs, signal);
    const lastName = oneOf(searchPrefixes, random) ?? "an";
    const body = { by: "name", lastName } as const;
    const found = await agent.door.read(routes.searchPatients, { body }, signal);
    const hit = oneOf([...hitsOf(candidates), ...hitsOf(found)], random);
    if (hit === undefined) return null;
    const { patientId } = hit;
    const recordKey = `call:${callId}`;
    const because = { because: { kind: "call", callId } } as const;
    const card = await agent.write(
      recordKey,
      routes.openPatient,
      { params: { patientId }, body: because },
      signal,
    );
    if (card === null) return null;
    const identifiers = { full_name: `${hit.firstName} ${hit.lastName}`, mrn: hit.mrn };
    await agent.write(
      recordKey,
      routes.verifyPatient,
      { params: { patientId }, body: { callId, identifiers } },
      signal,
    );
    await agent.write(
      recordKey,
      routes.linkPatient,
      { params: { callId }, body: { patientId } },
      signal,
    );
    return patientId;
  }

  async #addNote(callId: string, signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const body = {
      noteId: agent.outbox.newId(),
      noteType: "general",
      noteText: aText(3, agent.options.random),
    } as const;
    await agent.write(`call:${callId}`, routes.addNote, { params: { callId }, body }, signal);
  }

  async #recordAdverseEvent(
    callId: string,
    patientId: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const agent = this.#agent;
    const { clock, random } = agent.options;
    const parts = { eventId: agent.outbox.newId(), callId, patientId, heardAt: clock.wallNow() };
    const body = anAdverseEvent(parts, random);
    await agent.write(`call:${callId}`, routes.createAdverseEvent, { body }, signal);
  }

  async #answerScreen(callId: string, isAdverse: boolean, signal: AbortSignal): Promise<void> {
    const answers = {
      adverse_event: isAdverse,
      product_complaint: false,
      pregnancy: false,
      medication_error: false,
      lack_of_effect: false,
    };
    await this.#agent.write(
      `call:${callId}`,
      routes.putScreen,
      { params: { callId }, body: { answers } },
      signal,
    );
  }

  async #wrapUp(callId: string, queueId: string | null, signal: AbortSignal): Promise<void> {
    const agent = this.#agent;
    const recordKey = `call:${callId}`;
    const params = { callId };
    const wrapUp = {
      ...pristineWrapUp,
      reason: "general",
      code: this.#wrapUpCodes.get(queueId ?? "") ?? null,
    } as const;
    await agent.write(recordKey, routes.saveWrapUp, { params, body: wrapUp }, signal);
    await agent.pause(agent.options.pace.thinkMs, signal);
    const whole = { ...wrapUp, resolution: aText(1, agent.options.random) };
    const closed = await agent.write(recordKey, routes.closeCall, { params, body: whole }, signal);
    if (closed !== null) agent.experience.callsClosed += 1;
  }
}

function queueOf(call: unknown): string | null {
  const parsed = z.looseObject({ queueId: z.string().nullable() }).safeParse(call);
  return parsed.success ? parsed.data.queueId : null;
}

/** Parses what the stream says about an offer; null for anything else. */
export function readOffer(kind: string, data: unknown): { callId: string; isOpen: boolean } | null {
  if (kind !== "offer") return null;
  const parsed = events.offer.data.safeParse(data);
  if (!parsed.success) return null;
  const { offer } = parsed.data;
  return { callId: offer.callId, isOpen: offer.outcome === null };
}
