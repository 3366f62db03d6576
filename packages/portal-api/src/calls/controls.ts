import { routes } from "@careline/portal-contract";
import type { Call } from "@careline/portal-contract/calls/schemas.ts";
import { lockPresence, writePresence } from "../agents/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import {
  type CallRow,
  changeCall,
  endColumns,
  lockCall,
  moveCall,
  talkEndColumns,
} from "./call-row.sql.ts";
import { sendCommand } from "./send-command.sql.ts";
import { tellCall } from "./tell-call.ts";
import { addTimeline } from "./timeline.sql.ts";

/** The own call, locked; NOT_FOUND when it is in somebody else's hands. */
async function lockOwnCall(ctx: WorkContext, callId: string, agentId: string): Promise<CallRow> {
  const call = await lockCall(ctx.tx, callId);
  if (call.agentId !== agentId) {
    throw new PortalError("NOT_FOUND", `call ${callId} is not in this agent's hands`);
  }
  return call;
}

async function acceptOffer(ctx: WorkContext, callId: string, agentId: string): Promise<void> {
  const accepted = await ctx.tx`
    update portal.call_offers set outcome = 'accepted', ended_at = ${ctx.now}
     where call_id = ${callId} and agent_id = ${agentId} and outcome is null and expires_at > clock_timestamp()
    returning offer_id`;
  if (accepted.length === 0) throw new PortalError("OFFER_ENDED", `no offer of ${callId} is open`);
}

/** The consulted colleague joins: the caller stays on hold while both talk. */
async function joinConsultation(ctx: WorkContext, call: CallRow, agentId: string): Promise<Call> {
  if (!call.hasOtherJoined) {
    await acceptOffer(ctx, call.callId, agentId);
    await Promise.all([
      changeCall(ctx, call.callId, { has_other_joined: true }),
      writePresence(ctx, agentId, { state: "on_call", callId: call.callId }),
      sendCommand(ctx, call, { kind: "consult", otherAgentId: agentId }),
    ]);
    if (call.agentId !== null) await tellCall(ctx, call.callId, call.agentId);
  }
  return tellCall(ctx, call.callId, agentId);
}

const answerCall = handle(routes.answerCall, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  ctx.audit({ resourceType: "call", resourceId: call.callId });
  if (call.otherAgentId === agentId) return { body: await joinConsultation(ctx, call, agentId) };
  // A replayed answer finds the call already connected to the same agent.
  const isRepeat = call.state === "connected" && call.agentId === agentId;
  if (!isRepeat) {
    if (call.state !== "ringing" || call.agentId !== agentId) {
      throw new PortalError("OFFER_ENDED", `call ${call.callId} rings no more`);
    }
    await acceptOffer(ctx, call.callId, agentId);
    await Promise.all([
      moveCall(ctx, call, "answer", {
        connected_at: call.connectedAt ?? ctx.now,
        agent_region: ctx.site,
      }),
      writePresence(ctx, agentId, { state: "on_call", callId: call.callId }),
      addTimeline(ctx, call.callId, "connected", agentId),
      sendCommand(ctx, call, { kind: "connect", agentId }),
    ]);
  }
  const body = await tellCall(ctx, call.callId, agentId);
  return { body, version: body.version };
});

const holdCall = handle(routes.holdCall, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const call = await lockOwnCall(ctx, params.callId, agentId);
  if (call.state !== "held") {
    await Promise.all([
      moveCall(ctx, call, "hold"),
      addTimeline(ctx, call.callId, "held", agentId),
      sendCommand(ctx, call, { kind: "hold" }),
    ]);
  }
  ctx.audit({ resourceType: "call", resourceId: call.callId });
  const body = await tellCall(ctx, call.callId, agentId);
  return { body, version: body.version };
});

const resumeCall = handle(routes.resumeCall, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const call = await lockOwnCall(ctx, params.callId, agentId);
  if (call.state !== "connected") {
    await Promise.all([
      moveCall(ctx, call, "resume"),
      addTimeline(ctx, call.callId, "resumed", agentId),
      sendCommand(ctx, call, { kind: "resume" }),
    ]);
  }
  ctx.audit({ resourceType: "call", resourceId: call.callId });
  const body = await tellCall(ctx, call.callId, agentId);
  return { body, version: body.version };
});

/** After the conversation: the agent's live state, keeping a break that was asked for. */
export async function enterWrapUp(
  ctx: WorkContext,
  callId: string,
  agentId: string,
): Promise<void> {
  const presence = await lockPresence(ctx.tx, agentId, ctx.now);
  await writePresence(ctx, agentId, { state: "wrapping", callId, next: presence.next });
}

/** The callee has not picked up: the call ends here, and there is nothing to wrap up. */
async function cancelDialling(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const presence = await lockPresence(ctx.tx, agentId, ctx.now);
  await Promise.all([
    moveCall(ctx, call, "no_answer", { call_status: "abandoned", ...endColumns(call, ctx.now) }),
    writePresence(ctx, agentId, presence.next ?? { state: "available" }),
    addTimeline(ctx, call.callId, "hung_up", agentId),
    sendCommand(ctx, call, { kind: "hang_up" }),
  ]);
}

async function endConversation(ctx: WorkContext, call: CallRow, agentId: string): Promise<void> {
  const release = call.otherAgentId === null ? {} : releaseColumns(call.otherAgentId);
  await Promise.all([
    moveCall(ctx, call, "hang_up", {
      call_status: "completed",
      ...talkEndColumns(call, ctx.now),
      ...release,
    }),
    enterWrapUp(ctx, call.callId, agentId),
    addTimeline(ctx, call.callId, "hung_up", agentId),
    sendCommand(ctx, call, { kind: "hang_up" }),
  ]);
}

const hangUpCall = handle(routes.hangUpCall, async (ctx, { params }) => {
  const { agentId } = ctx.session;
  const call = await lockOwnCall(ctx, params.callId, agentId);
  const isDialling = call.type === "outbound" && call.state === "ringing";
  if (isDialling) await cancelDialling(ctx, call, agentId);
  else if (call.state !== "wrapping") await endConversation(ctx, call, agentId);
  ctx.audit({ resourceType: "call", resourceId: call.callId });
  const body = await tellCall(ctx, call.callId, agentId);
  return { body, version: body.version };
});

/** Lets the routing loop free the colleague who was asked in: their rows are not this agent's to change. */
export function releaseColumns(otherAgentId: string) {
  return {
    other_agent_id: null,
    has_other_joined: false,
    pending_transfer: "release",
    transfer_agent_id: otherAgentId,
  } as const;
}

/** Handlers of the call's basic controls. */
export const controlHandlers: readonly RegisteredHandler[] = [
  answerCall,
  holdCall,
  resumeCall,
  hangUpCall,
];
