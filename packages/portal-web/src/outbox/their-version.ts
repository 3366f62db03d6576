import { type Answer, send } from "../api/index.ts";

/** What the service holds of a record, in the fields that a refused write would have changed. */
export interface TheirVersion {
  readonly content: object;
  readonly version: number;
}

type Reader = (id: string, mine: object, signal: AbortSignal) => Promise<TheirVersion | null>;

const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^\/api\/calls\/([^/]+)\/caller$/,
    async (callId, mine, signal) => {
      const { caller } = (await send("readCall", { params: { callId } }, signal)).data;
      return caller === null
        ? null
        : { content: sameFields(caller, mine), version: caller.version };
    },
  ],
  [
    /^\/api\/patients\/([^/]+)$/,
    async (patientId, mine, signal) => {
      const card = (await send("readPatient", { params: { patientId } }, signal)).data;
      const changes = "changes" in mine && typeof mine.changes === "object" ? mine.changes : {};
      return { content: { changes: sameFields(flat(card), changes ?? {}) }, version: card.version };
    },
  ],
  [
    /^\/api\/adverse-events\/([^/]+)$/,
    async (eventId, mine, signal) => {
      const event = (await send("readAdverseEvent", { params: { eventId } }, signal)).data;
      return { content: sameFields(event, mine), version: event.version };
    },
  ],
];

/**
 * Reads the record that a refused write was about, so that both versions can be compared. A problem document holds no
 * content, so it is asked for. Null for records that have no version. Errors: those of the route.
 */
export async function readTheirVersion(
  write: { readonly path: string; readonly body?: unknown },
  signal: AbortSignal,
): Promise<TheirVersion | null> {
  const mine = typeof write.body === "object" && write.body !== null ? write.body : {};
  for (const [pattern, read] of readers) {
    const id = pattern.exec(write.path)?.[1];
    if (id !== undefined) return read(id, mine, signal);
  }
  return null;
}

function flat(card: Answer<"readPatient">): object {
  return { ...card, ...card.details };
}

function sameFields(record: object, mine: object): object {
  const fields = new Set(Object.keys(mine));
  return Object.fromEntries(Object.entries(record).filter(([field]) => fields.has(field)));
}
