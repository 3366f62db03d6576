import { everyRole } from "../roles.ts";
import { route } from "../route.ts";
import {
  addNoteBodySchema,
  callParamsSchema,
  noteDraftSchema,
  noteSchema,
  notesAnswerSchema,
  putNoteDraftBodySchema,
} from "./schemas.ts";

const slice = "calls";

export const noteRoutes = {
  listNotes: route({
    method: "GET",
    path: "/api/calls/:callId/notes",
    summary: "The call's notes, oldest first, and the own draft.",
    slice,
    access: { kind: "session", roles: everyRole },
    durability: "read",
    params: callParamsSchema,
    answer: notesAnswerSchema,
    audit: "call_notes_read",
    errors: ["NOT_FOUND"],
  }),
  addNote: route({
    method: "POST",
    path: "/api/calls/:callId/notes",
    summary: "Adds a typed note; it is never changed afterwards. Card numbers are taken out.",
    slice,
    access: { kind: "session", roles: ["agent", "supervisor"] },
    durability: "geo",
    params: callParamsSchema,
    body: addNoteBodySchema,
    bodyLimitBytes: 131_072,
    answer: noteSchema,
    status: 201,
    audit: "call_note_add",
    errors: ["NOT_FOUND", "ALREADY_EXISTS"],
  }),
  saveNoteDraft: route({
    method: "PUT",
    path: "/api/calls/:callId/note-draft",
    summary: "Keeps the note as it is typed. An older revision never replaces a newer one.",
    slice,
    access: { kind: "session", roles: ["agent", "supervisor"] },
    durability: "local",
    params: callParamsSchema,
    body: putNoteDraftBodySchema,
    bodyLimitBytes: 131_072,
    answer: noteDraftSchema,
    audit: "call_note_draft",
    errors: ["NOT_FOUND"],
  }),
} as const;
