import { routes } from "@careline/portal-contract";
import type { WrapUp } from "@careline/portal-contract/calls/schemas.ts";
import { redactCardNumbers } from "@careline/portal-contract/patients/card-numbers.ts";
import {
  lockPresence,
  presenceAfterCall,
  statusOfPresence,
  writePresence,
  writeStatus,
} from "../agents/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { type CallChanges, type CallRow, changeCall, lockCall, moveCall } from "./call-row.sql.ts";
import { closeBlockers, spokenStates } from "./call-state.ts";
import { addTask } from "./tasks.sql.ts";
import { tellCall } from "./tell-call.ts";
import { addTimeline } from "./timeline.sql.ts";

async function lockForWrapUp(ctx: WorkContext, callId: string, agentId: string): Promise<CallRow> {
  const call = await lockCall(ctx.tx, callId);
  if (call.agentId !== agentId) throw new PortalError("NOT_FOUND", `call ${callId} is another's`);
  return call;
}

const putScreen = handle(routes.putScreen, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockForWrapUp(ctx, params.callId, agentId);
  if (call.state !== "wrapping" && !spokenStates.includes(call.state)) {
    throw new PortalError("CALL_STATE_CONFLICT", `call ${call.callId} is ${call.state}`);
  }
  const { answers } = body;
  await ctx.tx`
    insert into portal.call_screens (call_id, adverse_event, product_complaint, pregnancy, medication_error,
           lack_of_effect, answered_at, answered_by_agent_id)
    values (${call.callId}, ${answers.adverse_event}, ${answers.product_complaint}, ${answers.pregnancy},
            ${answers.medication_error}, ${answers.lack_of_effect}, ${ctx.now}, ${agentId})
    on conflict (call_id) do update set adverse_event = excluded.adverse_event,
           product_complaint = excluded.product_complaint, pregnancy = excluded.pregnancy,
           medication_error = excluded.medication_error, lack_of_effect = excluded.lack_of_effect,
           answered_at = excluded.answered_at, answered_by_agent_id = excluded.answered_by_agent_id`;
  await Promise.all([
    changeCall(ctx, call.callId, { modified_date: ctx.now }),
    addTimeline(ctx, call.callId, "screen_answered", agentId),
  ]);
  ctx.audit({ resourceType: "call", resourceId: call.callId, details: { ...answers } });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

/** The columns of a wrap-up; card numbers are taken out of the free text. Errors: WRAP_UP_INCOMPLETE for a code of another queue. */
async function wrapUpColumns(
  ctx: WorkContext,
  call: CallRow,
  wrapUp: WrapUp,
): Promise<CallChanges> {
  if (wrapUp.code !== null) {
    const known = await ctx.tx`
      select 1 from portal.queue_wrap_up_codes where queue_id = ${call.queueId} and code = ${wrapUp.code}`;
    if (known.length === 0)
      throw new PortalError("WRAP_UP_INCOMPLETE", "the code is not of this queue");
  }
  return {
    wrap_up_code: wrapUp.code,
    call_reason: wrapUp.reason,
    resolution: wrapUp.resolution === null ? null : redactCardNumbers(wrapUp.resolution).text,
    follow_up_required: wrapUp.followUpRequired,
    follow_up_date: wrapUp.followUpDate === null ? null : new Date(wrapUp.followUpDate),
  };
}

const saveWrapUp = handle(routes.saveWrapUp, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockForWrapUp(ctx, params.callId, agentId);
  if (call.state !== "wrapping" && !spokenStates.includes(call.state)) {
    throw new PortalError("CALL_STATE_CONFLICT", `call ${call.callId} is ${call.state}`);
  }
  await changeCall(ctx, call.callId, await wrapUpColumns(ctx, call, body));
  ctx.audit({ resourceType: "call", resourceId: call.callId });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

interface ScreenFacts {
  readonly isAnswered: boolean;
  readonly isCaseMissing: boolean;
}

async function screenFacts(ctx: WorkContext, callId: string): Promise<ScreenFacts> {
  const [row] = await ctx.tx<ScreenFacts[]>`
    select s.call_id is not null as "isAnswered",
           coalesce(s.adverse_event, false)
             and not exists (select 1 from portal.adverse_events e where e.call_id = c.call_id) as "isCaseMissing"
      from portal.call_logs c left join portal.call_screens s on s.call_id = c.call_id
     where c.call_id = ${callId}`;
  return row ?? { isAnswered: false, isCaseMissing: false };
}

function refuseIfBlocked(call: CallRow, wrapUp: WrapUp, screen: ScreenFacts): void {
  const blockers = closeBlockers({
    state: call.state,
    isScreenAnswered: screen.isAnswered,
    reason: wrapUp.reason,
    wrapUpCode: wrapUp.code,
    isWrapUpCodeRequired: call.isWrapUpCodeRequired,
  });
  if (blockers.includes("screen_unanswered")) {
    throw new PortalError("SCREEN_UNANSWERED", `call ${call.callId} has no screen`);
  }
  if (blockers.includes("reason_missing") || blockers.includes("wrap_up_code_missing")) {
    throw new PortalError("WRAP_UP_INCOMPLETE", `call ${call.callId}: ${blockers.join(", ")}`);
  }
}

/** A day to record a case that the screen says there is; 15 calendar days are the law's for serious ones (21 CFR 314.80). */
const missingCaseDueMs = 24 * 3_600_000;

async function addTasksOfClose(
  ctx: WorkContext,
  call: CallRow,
  wrapUp: WrapUp,
  isCaseMissing: boolean,
): Promise<void> {
  const { callId, agentId, teamId, programmeId } = call;
  const owner = { callId, agentId, teamId, programmeId };
  if (isCaseMissing) {
    const dueAt = new Date(ctx.now.getTime() + missingCaseDueMs);
    const instruction = "The screen says adverse event; record the case.";
    await addTask(ctx, { ...owner, taskId: null, kind: "screen_without_case", dueAt, instruction });
  }
  if (wrapUp.followUpRequired) {
    const open = await ctx.tx`
      select 1 from portal.tasks where call_id = ${callId} and kind in ('follow_up', 'callback') limit 1`;
    if (open.length > 0) return;
    const dueAt = wrapUp.followUpDate === null ? ctx.now : new Date(wrapUp.followUpDate);
    const instruction = "Follow up on this call.";
    await addTask(ctx, { ...owner, taskId: null, kind: "follow_up", dueAt, instruction });
  }
}

async function freeAgent(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const presence = await lockPresence(ctx.tx, agentId, ctx.now);
  if (presence.callId !== call.callId) return;
  const after = presenceAfterCall(presence);
  await Promise.all([
    writePresence(ctx, agentId, after),
    writeStatus(ctx.tx, agentId, statusOfPresence(after.state)),
  ]);
}

const closeCall = handle(routes.closeCall, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockForWrapUp(ctx, params.callId, agentId);
  ctx.audit({ resourceType: "call", resourceId: call.callId, details: { code: body.code } });
  if (call.state !== "closed") {
    const screen = await screenFacts(ctx, call.callId);
    refuseIfBlocked(call, body, screen);
    const columns = await wrapUpColumns(ctx, call, body);
    await moveCall(ctx, call, "close", { ...columns, call_status: call.status ?? "completed" });
    await addTasksOfClose(ctx, call, body, screen.isCaseMissing);
    await Promise.all([
      freeAgent(ctx, call, agentId),
      addTimeline(ctx, call.callId, "closed", agentId),
      ctx.tx`delete from portal.call_note_drafts where call_id = ${call.callId} and agent_id = ${agentId}`,
    ]);
  }
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

/** Handlers of screen, wrap-up and close. */
export const wrapUpHandlers: readonly RegisteredHandler[] = [putScreen, saveWrapUp, closeCall];
