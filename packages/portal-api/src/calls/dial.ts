import { routes } from "@careline/portal-contract";
import type { dialBodySchema } from "@careline/portal-contract/calls/schemas.ts";
import type { z } from "zod";
import { lockPresence, writePresence } from "../agents/index.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { sendCommand } from "./send-command.sql.ts";
import { tellCall } from "./tell-call.ts";

type DialTo = z.infer<typeof dialBodySchema>["to"];

interface Number {
  readonly phone: string;
  readonly isHidden: boolean;
}

/** The number behind what the agent chose. A patient's number goes to the carrier only, never to the screen. */
async function numberOf(ctx: WorkContext, to: DialTo): Promise<Number> {
  switch (to.kind) {
    case "number":
      return { phone: to.phone, isHidden: false };
    case "patient": {
      const [row] = await ctx.tx<{ phone: string | null; isOpen: boolean }[]>`
        select portal.patient_phone_to_dial(${to.patientId}) as phone,
               exists (select 1 from portal.patients p where p.patient_id = ${to.patientId}) as "isOpen"`;
      if (row?.isOpen !== true) {
        throw new PortalError("PATIENT_NOT_OPEN", `patient ${to.patientId} is not open`);
      }
      return { phone: required(row.phone), isHidden: true };
    }
    case "task": {
      const [row] = await ctx.tx<{ phone: string | null; isHidden: boolean }[]>`
        select c.caller_phone_number as phone, c.is_number_hidden as "isHidden"
          from portal.tasks t join portal.call_logs c on c.call_id = t.call_id
         where t.task_id = ${to.taskId} and t.state = 'open'`;
      if (row === undefined) throw new PortalError("NOT_FOUND", `no open task ${to.taskId}`);
      return { phone: required(row.phone), isHidden: row.isHidden };
    }
  }
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
    ctx.tx<{ programmeId: string }[]>`
      select programme_id as "programmeId" from portal.queues where queue_id = ${body.queueId}`,
    numberOf(ctx, body.to),
  ]);
  if (queue === undefined) throw new PortalError("QUEUE_UNKNOWN", `queue ${body.queueId}`);
  const call = { callId: body.callId, provider: "simulator", providerCallId: body.callId };
  await ctx.tx`
    insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id, agent_id, team_id,
           queue_id, programme_id, caller_phone_number, is_number_hidden, call_start_time, agent_region)
    values (${call.callId}, 'outbound', 'ringing', ${call.provider}, ${call.providerCallId}, ${agentId}, ${teamId},
           ${body.queueId}, ${queue.programmeId}, ${number.phone}, ${number.isHidden}, ${ctx.now}, ${ctx.site})`;
  await Promise.all([
    ctx.tx`insert into portal.callers (call_id) values (${call.callId})`,
    writePresence(ctx, agentId, { state: "on_call", callId: call.callId, next: presence.next }),
    sendCommand(ctx, call, { kind: "dial", agentId, to: number.phone }),
  ]);
  ctx.audit({ resourceType: "call", resourceId: call.callId, details: { to: body.to.kind } });
  const answer = await tellCall(ctx, call.callId, agentId);
  return { body: answer, version: answer.version };
});

/** Handler of outbound calls (HCC-POR-01). */
export const dialHandlers: readonly RegisteredHandler[] = [dialCall];
