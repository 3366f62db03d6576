import { routes } from "@careline/portal-contract";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { type CallRow, lockCall, moveCall, talkEndColumns } from "./call-row.sql.ts";
import { enterWrapUp, releaseColumns } from "./controls.ts";
import { sendCommand } from "./send-command.sql.ts";
import { tellCall } from "./tell-call.ts";
import { addTimeline } from "./timeline.sql.ts";

/** The colleague must be free now and work for the call's programme; the routing loop looks again under lock. */
async function requireFreeColleague(
  ctx: WorkContext,
  call: CallRow,
  colleagueId: string,
): Promise<void> {
  const [row] = await ctx.tx<{ isFree: boolean }[]>`
    select p.state = 'available' and exists (select 1 from portal.agent_programmes m
             where m.agent_id = p.agent_id and m.programme_id = ${call.programmeId}) as "isFree"
      from portal.agent_presence p where p.agent_id = ${colleagueId}`;
  if (row?.isFree !== true || colleagueId === call.agentId) {
    throw new PortalError("AGENT_UNAVAILABLE", `agent ${colleagueId} cannot take ${call.callId}`);
  }
}

async function transferBlind(
  ctx: WorkContext,
  call: CallRow,
  agentId: string,
  toAgentId: string,
): Promise<void> {
  await Promise.all([
    moveCall(ctx, call, "transfer_blind", {
      call_status: "transferred",
      pending_transfer: "blind",
      transfer_agent_id: toAgentId,
      ...talkEndColumns(call, ctx.now),
    }),
    enterWrapUp(ctx, call.callId, agentId),
    addTimeline(ctx, call.callId, "transferred", agentId),
    // The carrier plays music until the colleague, or whoever is next, answers.
    sendCommand(ctx, call, { kind: "requeue" }),
  ]);
}

async function consult(
  ctx: WorkContext,
  call: CallRow,
  agentId: string,
  toAgentId: string,
): Promise<void> {
  await Promise.all([
    moveCall(ctx, call, "consult", {
      other_agent_id: toAgentId,
      has_other_joined: false,
      pending_transfer: "consult",
      transfer_agent_id: toAgentId,
    }),
    addTimeline(ctx, call.callId, "transfer_started", agentId),
    ...(call.state === "connected" ? [sendCommand(ctx, call, { kind: "hold" })] : []),
  ]);
}

const transferCall = handle(routes.transferCall, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  if (call.agentId !== agentId)
    throw new PortalError("NOT_FOUND", `call ${call.callId} is another's`);
  await requireFreeColleague(ctx, call, body.toAgentId);
  const hand = body.kind === "blind" ? transferBlind : consult;
  await hand(ctx, call, agentId, body.toAgentId);
  ctx.audit({
    resourceType: "call",
    resourceId: call.callId,
    details: { kind: body.kind, toAgentId: body.toAgentId },
  });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

async function completeTransfer(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  if (!call.hasOtherJoined || call.otherAgentId === null) {
    throw new PortalError("CALL_STATE_CONFLICT", `nobody joined ${call.callId} yet`);
  }
  await Promise.all([
    moveCall(ctx, call, "complete_transfer", {
      call_status: "transferred",
      pending_transfer: "complete",
      transfer_agent_id: call.otherAgentId,
      other_agent_id: null,
      has_other_joined: false,
      ...talkEndColumns(call, ctx.now),
    }),
    enterWrapUp(ctx, call.callId, agentId),
    addTimeline(ctx, call.callId, "transferred", agentId),
    sendCommand(ctx, call, { kind: "complete_transfer" }),
  ]);
}

async function bringTogether(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  if (!call.hasOtherJoined) {
    throw new PortalError("CALL_STATE_CONFLICT", `nobody joined ${call.callId} yet`);
  }
  await Promise.all([
    moveCall(ctx, call, "conference"),
    addTimeline(ctx, call.callId, "conferenced", agentId),
    sendCommand(ctx, call, { kind: "conference" }),
  ]);
}

async function returnToCaller(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const release = call.otherAgentId === null ? {} : releaseColumns(call.otherAgentId);
  await Promise.all([
    moveCall(ctx, call, "return_to_caller", release),
    addTimeline(ctx, call.callId, "returned", agentId),
    sendCommand(ctx, call, { kind: call.hasOtherJoined ? "return_to_caller" : "resume" }),
  ]);
}

const endings = {
  complete_transfer: completeTransfer,
  conference: bringTogether,
  return_to_caller: returnToCaller,
} as const;

const finishConsultation = handle(routes.finishConsultation, async (ctx, { params, body }) => {
  const { agentId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  if (call.agentId !== agentId)
    throw new PortalError("NOT_FOUND", `call ${call.callId} is another's`);
  await endings[body.outcome](ctx, call, agentId);
  ctx.audit({ resourceType: "call", resourceId: call.callId, details: { outcome: body.outcome } });
  const answer = await tellCall(ctx, call.callId, agentId);
  if (body.outcome === "conference" && call.otherAgentId !== null) {
    await tellCall(ctx, call.callId, call.otherAgentId);
  }
  return { body: answer, version: answer.version };
});

/** Handlers of handing a caller over. What changes the colleague's rows is done by the routing loop. */
export const transferHandlers: readonly RegisteredHandler[] = [transferCall, finishConsultation];
