import type { CallReason, CallState } from "@careline/portal-contract/calls/codes.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { type CallAction, nextCallState } from "./call-state.ts";

/** What decisions about a call need. */
export interface CallRow {
  readonly callId: string;
  readonly state: CallState;
  readonly version: number;
  readonly type: "inbound" | "outbound";
  readonly provider: string;
  readonly providerCallId: string;
  readonly providerSequence: number;
  readonly agentId: string | null;
  readonly otherAgentId: string | null;
  readonly hasOtherJoined: boolean;
  readonly queueId: string | null;
  readonly programmeId: string | null;
  readonly teamId: string | null;
  readonly language: string;
  readonly priority: number;
  readonly statedReason: string | null;
  readonly callerPhoneNumber: string | null;
  readonly startedAt: Date;
  readonly queuedAt: Date | null;
  readonly connectedAt: Date | null;
  readonly endedAt: Date | null;
  readonly reason: CallReason | null;
  readonly wrapUpCode: string | null;
  readonly status: string | null;
  readonly pendingTransfer: "blind" | "consult" | "complete" | "release" | null;
  readonly transferAgentId: string | null;
  readonly continuesCallId: string | null;
  readonly isNumberHidden: boolean;
  readonly wrapUpSeconds: number;
  readonly isWrapUpCodeRequired: boolean;
}

/** The call, locked until the end of the transaction. Row-level security hides calls of others: NOT_FOUND. */
export async function lockCall(tx: Tx, callId: string): Promise<CallRow> {
  const [row] = await tx<CallRow[]>`
    select c.call_id as "callId", c.state, c.version::int as version, c.call_type as type, c.provider,
           c.provider_call_id as "providerCallId", c.provider_sequence as "providerSequence",
           c.agent_id as "agentId", c.other_agent_id as "otherAgentId",
           c.has_other_joined as "hasOtherJoined", c.queue_id as "queueId",
           c.programme_id as "programmeId", c.team_id as "teamId", c.language, c.priority,
           c.stated_reason as "statedReason", c.caller_phone_number as "callerPhoneNumber",
           c.is_number_hidden as "isNumberHidden", c.call_start_time as "startedAt",
           c.queued_at as "queuedAt", c.connected_at as "connectedAt", c.call_end_time as "endedAt",
           c.call_reason as reason, c.wrap_up_code as "wrapUpCode", c.call_status as status,
           c.pending_transfer as "pendingTransfer", c.transfer_agent_id as "transferAgentId",
           c.continues_call_id as "continuesCallId",
           coalesce(q.wrap_up_seconds, 120) as "wrapUpSeconds",
           coalesce(q.is_wrap_up_code_required, true) as "isWrapUpCodeRequired"
      from portal.call_logs c left join portal.queues q on q.queue_id = c.queue_id
     where c.call_id = ${callId} for update of c`;
  if (row === undefined) throw new PortalError("NOT_FOUND", `no call ${callId} for this viewer`);
  return row;
}

export type CallChanges = Readonly<Record<string, string | number | boolean | Date | null>>;

/**
 * Moves a locked call by `action` and sets `changes` (column names). The database checks the move again.
 * Errors: CALL_STATE_CONFLICT when the action means nothing in the call's state.
 */
export async function moveCall(
  ctx: WorkContext,
  call: CallRow,
  action: CallAction,
  changes: CallChanges = {},
): Promise<CallState> {
  const state = nextCallState(call.state, action);
  if (state === null) {
    throw new PortalError("CALL_STATE_CONFLICT", `call ${call.callId}: ${action} in ${call.state}`);
  }
  await changeCall(ctx, call.callId, { ...changes, state });
  return state;
}

/** Sets columns of a locked call. */
export async function changeCall(
  ctx: WorkContext,
  callId: string,
  changes: CallChanges,
): Promise<void> {
  await ctx.tx`update portal.call_logs set ${ctx.tx(changes)} where call_id = ${callId}`;
}

/** The columns of a call's end: its time, and the duration in seconds. */
export function endColumns(call: CallRow, now: Date) {
  const end = new Date(Math.max(now.getTime(), call.startedAt.getTime()));
  const seconds = Math.floor((end.getTime() - call.startedAt.getTime()) / 1_000);
  return { call_end_time: end, call_duration: seconds } as const;
}

/** The same at the end of a conversation: the wrap-up becomes due. */
export function talkEndColumns(call: CallRow, now: Date) {
  const wrapUpDueAt = new Date(now.getTime() + call.wrapUpSeconds * 1_000);
  return { ...endColumns(call, now), wrap_up_due_at: wrapUpDueAt } as const;
}
