import { routes } from "@careline/portal-contract";
import { redactCardNumbers } from "@careline/portal-contract/patients/card-numbers.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { lockCall } from "./call-row.sql.ts";
import { decodeCursor, pageFrom } from "./cursor.ts";
import { addTask, completeTask, listOpenTasks } from "./tasks.sql.ts";

const createTask = handle(routes.addTask, async (ctx, { params, body }) => {
  const { agentId, teamId } = ctx.session;
  const call = await lockCall(ctx.tx, params.callId);
  const task = await addTask(ctx, {
    taskId: body.taskId,
    callId: call.callId,
    kind: body.kind,
    dueAt: new Date(body.dueAt),
    instruction: redactCardNumbers(body.instruction).text,
    agentId,
    teamId,
    programmeId: call.programmeId,
  });
  if (task === null) throw new PortalError("ALREADY_EXISTS", `task ${body.taskId} exists`);
  ctx.audit({
    resourceType: "task",
    resourceId: task.taskId,
    details: { callId: call.callId, kind: task.kind },
  });
  return { body: task, version: task.version };
});

const listTasks = handle(routes.listTasks, async (ctx, { query }) => {
  const after = decodeCursor(query.cursor);
  const tasks = await listOpenTasks(ctx.tx, {
    kind: query.kind ?? null,
    after,
    limit: query.limit,
  });
  ctx.audit({ resourceType: "task", resourceId: null, details: { count: tasks.length } });
  return {
    body: pageFrom(tasks, query.limit, (task) => ({ at: new Date(task.dueAt), id: task.taskId })),
  };
});

const finishTask = handle(routes.completeTask, async (ctx, { params, body }) => {
  const outcome = redactCardNumbers(body.outcome).text;
  const task = await completeTask(ctx, params.taskId, outcome);
  ctx.audit({ resourceType: "task", resourceId: params.taskId });
  if (task === null) throw new PortalError("NOT_FOUND", `no task ${params.taskId} for this viewer`);
  return { body: task, version: task.version };
});

/** Handlers of follow-ups and callbacks (HCC-POR-02). */
export const taskHandlers: readonly RegisteredHandler[] = [createTask, listTasks, finishTask];
