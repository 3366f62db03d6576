import { routes } from "@careline/portal-contract";
import type { Note } from "@careline/portal-contract/calls/schemas.ts";
import { redactCardNumbers } from "@careline/portal-contract/patients/card-numbers.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { addTimeline } from "./timeline.sql.ts";

interface NoteRow extends Omit<Note, "timestamp"> {
  readonly timestamp: Date;
}
interface DraftRow {
  readonly callId: string;
  readonly noteType: Note["noteType"];
  readonly noteText: string;
  readonly revision: number;
  readonly savedAt: Date;
}

/** The call itself need not be locked: notes only grow. Row-level security hides calls of others. */
async function requireCall(tx: Tx, callId: string): Promise<void> {
  const rows = await tx`select 1 from portal.call_logs where call_id = ${callId}`;
  if (rows.length === 0) throw new PortalError("NOT_FOUND", `no call ${callId} for this viewer`);
}

const listNotes = handle(routes.listNotes, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const [, notes, drafts] = await Promise.all([
    requireCall(ctx.tx, params.callId),
    ctx.tx<NoteRow[]>`
      select o.note_id as "noteId", o.call_id as "callId", o.agent_id as "agentId",
             coalesce(n.display_name, '') as "agentName", o.note_type as "noteType", o.note_text as "noteText",
             o.noted_at as timestamp, o.region, o.redacted_card_numbers as "redactedCardNumbers"
        from portal.call_notes o left join portal.agent_names n on n.agent_id = o.agent_id
       where o.call_id = ${params.callId} order by o.noted_at, o.note_id limit 500`,
    ctx.tx<DraftRow[]>`
      select call_id as "callId", note_type as "noteType", note_text as "noteText", revision, saved_at as "savedAt"
        from portal.call_note_drafts where call_id = ${params.callId} and agent_id = ${agentId}`,
  ]);
  ctx.audit({ resourceType: "call", resourceId: params.callId });
  const draft = drafts[0];
  return {
    body: {
      items: notes.map((note) => ({ ...note, timestamp: note.timestamp.toISOString() })),
      draft: draft === undefined ? null : { ...draft, savedAt: draft.savedAt.toISOString() },
    },
  };
});

const addNote = handle(routes.addNote, async (ctx, { params, body }) => {
  const { agentId, displayName } = ctx.session;
  await requireCall(ctx.tx, params.callId);
  const { text, count } = redactCardNumbers(body.noteText);
  const note: Note = {
    noteId: body.noteId,
    callId: params.callId,
    agentId,
    agentName: displayName,
    noteType: body.noteType,
    noteText: text,
    timestamp: notedAt(ctx).toISOString(),
    region: ctx.site,
    redactedCardNumbers: count,
  };
  const added = await ctx.tx`
    insert into portal.call_notes (note_id, call_id, agent_id, note_text, note_type, noted_at, region,
           redacted_card_numbers)
    values (${note.noteId}, ${note.callId}, ${agentId}, ${text}, ${note.noteType}, ${note.timestamp}, ${note.region},
            ${count})
    on conflict do nothing returning note_id`;
  if (added.length === 0) throw new PortalError("ALREADY_EXISTS", `note ${note.noteId} exists`);
  await Promise.all([
    addTimeline(ctx, note.callId, "note_added", agentId),
    // What was being typed is saved now.
    ctx.tx`delete from portal.call_note_drafts where call_id = ${note.callId} and agent_id = ${agentId}`,
  ]);
  ctx.audit({
    resourceType: "call_note",
    resourceId: note.noteId,
    details: { callId: note.callId, redactedCardNumbers: count },
  });
  return { body: note };
});

/** When it was written, as the browser says, if that is believable: a note replayed after an outage keeps its time. */
function notedAt(ctx: WorkContext & { readonly occurredAt: Date | null }): Date {
  const { occurredAt, now } = ctx;
  return occurredAt !== null && occurredAt < now ? occurredAt : now;
}

const saveNoteDraft = handle(routes.saveNoteDraft, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  await requireCall(ctx.tx, params.callId);
  const { text } = redactCardNumbers(body.noteText);
  // An autosave that arrives late, e.g. from an outbox, does not undo a newer one.
  const [row] = await ctx.tx<DraftRow[]>`
    insert into portal.call_note_drafts as d (call_id, agent_id, note_text, note_type, revision, saved_at)
    values (${params.callId}, ${agentId}, ${text}, ${body.noteType}, ${body.revision}, ${ctx.now})
    on conflict (call_id, agent_id) do update set
           note_text = case when excluded.revision >= d.revision then excluded.note_text else d.note_text end,
           note_type = case when excluded.revision >= d.revision then excluded.note_type else d.note_type end,
           saved_at = case when excluded.revision >= d.revision then excluded.saved_at else d.saved_at end,
           revision = greatest(excluded.revision, d.revision)
    returning call_id as "callId", note_type as "noteType", note_text as "noteText", revision, saved_at as "savedAt"`;
  if (row === undefined) throw new TypeError("insert … returning answers one row");
  ctx.audit({
    resourceType: "call",
    resourceId: params.callId,
    details: { revision: row.revision },
  });
  return { body: { ...row, savedAt: row.savedAt.toISOString() } };
});

/** Handlers of notes and their drafts (HCC-DB-08, HCC-POR-04). */
export const noteHandlers: readonly RegisteredHandler[] = [listNotes, addNote, saveNoteDraft];
