import { routes } from "@careline/portal-contract";
import type { dialBodySchema } from "@careline/portal-contract/calls/schemas.ts";
import type { z } from "zod";
import { lockPresence, writePresence } from "../agents/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { linkAttempt, readCallbackRow } from "./callback.sql.ts";
import { dialBlock, localTimes } from "./callback-rule.ts";
import { sendCommand } from "./send-command.sql.ts";
import { tellCall } from "./tell-call.ts";
import { addTimeline } from "./timeline.sql.ts";

type DialTo = z.infer<typeof dialBodySchema>["to"];

interface Dialled {
  readonly phone: string;
  readonly isHidden: boolean;
  readonly callback: { readonly taskId: string; readonly originalCallId: string } | null;
}

/** The number behind what the agent chose. A patient's number goes to the carrier only, never to the screen. */
async function numberOf(ctx: WorkContext, to: DialTo): Promise<Dialled> {
  switch (to.kind) {
    case "number":
      return { phone: to.phone, isHidden: false, callback: null };
    case "patient": {
      const [row] = await ctx.tx<{ phone: string | null; isOpen: boolean }[]>`
        select portal.patient_phone_to_dial(${to.patientId}) as phone,
               exists (select 1 from portal.patients p where p.patient_id = ${to.patientId}) as "isOpen"`;
      if (row?.isOpen !== true) {
        throw new PortalError("PATIENT_NOT_OPEN", `patient ${to.patientId} is not open`);
      }
      return { phone: required(row.phone), isHidden: true, callback: null };
    }
    case "task":
      return numberOfTask(ctx, to);
  }
}

/** The callee of a task, locked, so that nobody is called twice; refused where the rules of callbacks do. */
async function numberOfTask(
  ctx: WorkContext,
  to: Extract<DialTo, { kind: "task" }>,
): Promise<Dialled> {
  const row = await readCallbackRow(ctx.tx, to.taskId, true);
  const { lastResult, attempts, isDoNotCall } = row;
  const times = localTimes(row.states, row.queueZone, ctx.now);
  const block = dialBlock(
    { lastResult, attempts, isDoNotCall, localTimes: times },
    to.hoursWaiver !== undefined,
  );
  if (block !== null) throw new PortalError(block, `task ${to.taskId} may not be dialled now`);
  return {
    phone: required(row.phone ?? to.phone ?? null),
    isHidden: row.isHidden,
    callback: { taskId: row.taskId, originalCallId: row.callId },
  };
}

function required(phone: string | null): string {
  const dialled = phone?.replace(/[^\d+]/g, "") ?? "";
  if (dialled.length < 7) throw new PortalError("PHONE_MISSING", "no number is stored");
  return dialled;
}

const dialCall = handle(routes.dialCall, async (ctx, { body }) => {
  const { agentId, teamId } = ctx.session;
  const presence = await lockPresence(ctx.tx, agentId, ctx.now);
  if (
    presence.state === "offered" ||
    presence.state === "on_call" ||
    presence.state === "wrapping"
  ) {
    throw new PortalError("AGENT_BUSY", `agent ${agentId} has a call in hand`);
  }
  const [[queue], number] = await Promise.all([
    ctx.tx<{ programmeId: string; callerId: string | null }[]>`
      select q.programme_id as "programmeId", m.caller_id as "callerId"
        from portal.queues q join portal.programmes m on m.programme_id = q.programme_id
       where q.queue_id = ${body.queueId}`,
    numberOf(ctx, body.to),
  ]);
  if (queue === undefined) throw new PortalError("QUEUE_UNKNOWN", `queue ${body.queueId}`);
  await refuseUnwanted(ctx, number.phone, queue.programmeId);
  const call = { callId: body.callId, provider: "simulator", providerCallId: body.callId };
  const { phone, isHidden, callback } = number;
  await ctx.tx`
    insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id, agent_id, team_id,
           queue_id, programme_id, caller_phone_number, is_number_hidden, call_start_time, agent_region,
           task_id, original_call_id)
    values (${call.callId}, 'outbound', 'ringing', ${call.provider}, ${call.providerCallId}, ${agentId}, ${teamId},
           ${body.queueId}, ${queue.programmeId}, ${phone}, ${isHidden}, ${ctx.now}, ${ctx.site},
           ${callback?.taskId ?? null}, ${callback?.originalCallId ?? null})`;
  if (callback !== null) {
    await linkAttempt(ctx, { callId: call.callId, agentId, ...callback });
    await addTimeline(ctx, callback.originalCallId, "callback_dialled", agentId);
  }
  await Promise.all([
    ctx.tx`insert into portal.callers (call_id) values (${call.callId}) on conflict do nothing`,
    addTimeline(ctx, call.callId, "dialled", agentId),
    writePresence(ctx, agentId, { state: "on_call", callId: call.callId, next: presence.next }),
    sendCommand(ctx, call, {
      kind: "dial",
      agentId,
      to: phone,
      ...(queue.callerId === null ? {} : { callerId: queue.callerId }),
    }),
  ]);
  ctx.audit({ resourceType: "call", resourceId: call.callId, details: auditOf(body.to) });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

/** Whoever asked a programme not to be called is not called by it, whichever way the number was chosen. */
async function refuseUnwanted(ctx: WorkContext, phone: string, programmeId: string): Promise<void> {
  const [row] = await ctx.tx<{ isUnwanted: boolean }[]>`
    select portal.is_do_not_call(${phone}, ${programmeId}) as "isUnwanted"`;
  if (row?.isUnwanted === true)
    throw new PortalError("DO_NOT_CALL", "the number is not to be called");
}

function auditOf(to: DialTo): Record<string, string> {
  if (to.kind !== "task") return { to: to.kind };
  return {
    to: to.kind,
    taskId: to.taskId,
    ...(to.hoursWaiver === undefined ? {} : { hoursWaiver: to.hoursWaiver }),
  };
}

/** Handler of outbound calls (HCC-POR-01). */
export const dialHandlers: readonly RegisteredHandler[] = [dialCall];
