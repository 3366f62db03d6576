import type { OutboxItem } from "@careline/outbox";
import { expect, it } from "vitest";
import { shownNotes, withNote } from "./notes.ts";

const callId = "0199c0de-0000-7000-8000-000000000001";
const aWaitingNote = (noteId: string, noteText: string): OutboxItem => ({
  id: noteId,
  key: noteId,
  createdAt: "2026-11-22T09:05:00.000Z",
  write: {
    recordKey: `call:${callId}`,
    method: "POST",
    path: `/api/calls/${callId}/notes`,
    body: { noteId, noteType: "medical", noteText },
  },
  state: { kind: "queued" },
  attempts: 2,
  replays: 0,
  keptIn: "storage",
});

it("shows a note that waits on this computer beside those of the service", () => {
  const shown = shownNotes(callId, [], [aWaitingNote("n1", "Rash since Monday")]);
  expect(shown).toMatchObject([{ noteText: "Rash since Monday", isWaiting: true }]);
});
it("shows a note once when both the service and the outbox have it", () => {
  const kept = {
    noteId: "n1",
    callId,
    agentId: "a",
    agentName: "Demo Agent",
    noteType: "medical",
    noteText: "Rash since Monday",
    timestamp: "2026-11-22T09:05:01.000Z",
    region: "west",
    redactedCardNumbers: 0,
  } as const;
  const shown = shownNotes(callId, [kept], [aWaitingNote("n1", "Rash since Monday")]);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.isWaiting).toBe(false);
});
it("does not show what waits for another call", () => {
  expect(shownNotes("other", [], [aWaitingNote("n1", "x")])).toEqual([]);
});
it("takes over a note that the service has just stored, once, so that it is never gone between two readings", () => {
  const note = {
    noteId: "n1",
    callId,
    agentId: "a",
    agentName: "Demo Agent",
    noteType: "medical",
    noteText: "Rash since Monday",
    timestamp: "2026-11-22T09:05:01.000Z",
    region: "west",
    redactedCardNumbers: 0,
  } as const;
  const once = withNote({ items: [], draft: null }, note);
  expect(once?.items).toEqual([note]);
  expect(withNote(once, note)?.items).toHaveLength(1);
  expect(withNote(undefined, note)).toBeUndefined();
});
