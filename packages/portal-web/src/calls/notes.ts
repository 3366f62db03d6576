import type { OutboxItem } from "@careline/outbox";
import type { Note, NoteType } from "@careline/portal-contract/calls/index.ts";
import { queryOptions } from "@tanstack/react-query";
import { type Answer, send } from "../api/index.ts";

export type Notes = Answer<"listNotes">;

export const notesQuery = (callId: string) =>
  queryOptions({
    queryKey: ["notes", callId],
    queryFn: async ({ signal }): Promise<Notes> =>
      (await send("listNotes", { params: { callId }, background: true }, signal)).data,
  });

/** A note as the desk lists it: kept by the service, or still waiting on this computer. */
export interface ShownNote {
  readonly noteId: string;
  readonly noteType: NoteType;
  readonly noteText: string;
  readonly at: string;
  readonly author: string | null;
  readonly isWaiting: boolean;
}

/** Notes of the service and notes that wait here, oldest first; a note that arrived is shown once. */
export function shownNotes(
  callId: string,
  kept: readonly Note[],
  items: readonly OutboxItem[],
): readonly ShownNote[] {
  const known = new Set(kept.map((note) => note.noteId));
  const waiting = items
    .flatMap((item) => waitingNote(callId, item))
    .filter((note) => !known.has(note.noteId));
  return [
    ...kept.map((note) => ({
      noteId: note.noteId,
      noteType: note.noteType,
      noteText: note.noteText,
      at: note.timestamp,
      author: note.agentName,
      isWaiting: false,
    })),
    ...waiting,
  ];
}

/** The notes with one that the service has just taken; unchanged when it is among them already, or they are not known yet. */
export function withNote(notes: Notes | undefined, note: Note): Notes | undefined {
  if (notes === undefined || notes.items.some((each) => each.noteId === note.noteId)) return notes;
  return { ...notes, items: [...notes.items, note] };
}

function waitingNote(callId: string, item: OutboxItem): ShownNote[] {
  const isNote = item.write?.method === "POST" && item.write.path === `/api/calls/${callId}/notes`;
  if (!isNote || item.write === null) return [];
  // Written by this screen a moment ago, in the contract's shape.
  const body = item.write.body as { noteId: string; noteType: NoteType; noteText: string };
  return [
    { ...body, at: item.createdAt, author: null, isWaiting: item.state.kind !== "acknowledged" },
  ];
}
