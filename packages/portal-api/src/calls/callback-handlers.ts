import { routes } from "@careline/portal-contract";
import type { Callback } from "@careline/portal-contract/calls/callback-schemas.ts";
import { redactCardNumbers } from "@careline/portal-contract/patients/card-numbers.ts";
import { maskPhone } from "@careline/portal-contract/patients/masking.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import {
  type CallbackRow,
  forbidCalls,
  readCallbackRow,
  readCalleePatients,
} from "./callback.sql.ts";
import { callbackAttemptsMax, dialBlock, isUnderWay, localTimes } from "./callback-rule.ts";
import { decideTask, toTask } from "./tasks.sql.ts";
import { addTimeline } from "./timeline.sql.ts";

const isText = (text: string | null): text is string => text !== null && text !== "";

function calleeOf(
  row: CallbackRow,
  patients: Callback["callee"]["patients"],
  now: Date,
): Callback["callee"] {
  return {
    name: row.name,
    relationship: row.relationship,
    phone: row.phone === null ? null : maskPhone(row.phone),
    safeContacts: [...new Set([row.safeContact, ...row.safeContacts].filter(isText))],
    patients,
    localTimes: [...localTimes(row.states, row.queueZone, now)],
  };
}

const readCallback = handle(routes.readCallback, async (ctx, { params }) => {
  const row = await readCallbackRow(ctx.tx, params.taskId, false);
  const callee = calleeOf(row, await readCalleePatients(ctx.tx, row.callId), ctx.now);
  const { lastResult, attempts, isDoNotCall } = row;
  ctx.audit({ resourceType: "task", resourceId: row.taskId, details: { callId: row.callId } });
  const body: Callback = {
    task: toTask(row),
    originalCall: {
      callId: row.callId,
      type: row.type,
      callStartTime: row.callStartTime.toISOString(),
      queueId: row.queueId,
      queueName: row.queueName,
      programmeName: row.programmeName,
      agentName: row.agentName,
      reason: row.reason,
      resolution: row.resolution,
      language: row.language,
    },
    callee,
    callerId: row.callerId,
    attemptsMax: callbackAttemptsMax,
    blockedBy: dialBlock(
      { lastResult, attempts, isDoNotCall, localTimes: callee.localTimes },
      false,
    ),
  };
  return { body, version: row.version };
});

const recordCallbackOutcome = handle(
  routes.recordCallbackOutcome,
  async (ctx, { params, body }) => {
    const { agentId } = ctx.session;
    const row = await readCallbackRow(ctx.tx, params.taskId, true);
    // While the phone still rings there is no outcome; while somebody is on the line there may be.
    if (isUnderWay(row.lastResult) && row.lastResult !== "on_line") {
      throw new PortalError("CALLBACK_IN_PROGRESS", `task ${row.taskId} is being dialled`);
    }
    if (body.kind === "do_not_call") await forbidCalls(ctx, row, agentId);
    const task = await decideTask(ctx, row.taskId, {
      outcome: `${body.kind}: ${redactCardNumbers(body.note).text}`.slice(0, 500),
      dueAt: body.kind === "try_again" ? new Date(body.at) : null,
    });
    await addTimeline(ctx, row.callId, "callback_outcome", agentId);
    ctx.audit({
      resourceType: "task",
      resourceId: row.taskId,
      details: { callId: row.callId, outcome: body.kind, attempts: row.attempts },
    });
    return { body: task, version: task.version };
  },
);

/** Handlers of what is known before a callback is dialled, and of what came of it (HCC-POR-01, HCC-POR-02). */
export const callbackHandlers: readonly RegisteredHandler[] = [readCallback, recordCallbackOutcome];
