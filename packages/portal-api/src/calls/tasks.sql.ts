import type { Task } from "@careline/portal-contract/calls/task-schemas.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { addTimeline } from "./timeline.sql.ts";

export interface TaskRow extends Omit<Task, "dueAt" | "lastAttemptAt"> {
  readonly dueAt: Date;
  readonly lastAttemptAt: Date | null;
}

/** The columns of a `TaskRow`; the table is called `t` in the statement. */
export const taskColumns = (tx: Tx) => tx`
  t.task_id as "taskId", t.call_id as "callId", t.kind, t.state, t.due_at as "dueAt", t.instruction,
  t.agent_id as "agentId", t.attempts, t.last_attempt_at as "lastAttemptAt", t.last_result as "lastResult",
  t.version::int as version`;

export function toTask(row: TaskRow): Task {
  const { taskId, callId, kind, state, instruction, agentId, attempts, lastResult, version } = row;
  return {
    taskId,
    callId,
    kind,
    state,
    dueAt: row.dueAt.toISOString(),
    instruction,
    agentId,
    attempts,
    lastAttemptAt: row.lastAttemptAt?.toISOString() ?? null,
    lastResult,
    version,
  };
}

export interface NewTask {
  /** Null: made by the portal itself. */
  readonly taskId: string | null;
  readonly callId: string;
  readonly kind: Task["kind"];
  readonly dueAt: Date;
  readonly instruction: string;
  readonly agentId: string | null;
  readonly teamId: string | null;
  readonly programmeId: string | null;
}

/** Adds a task and tells its agent. One open `screen_without_case` per call: a second one is the first. Errors: ALREADY_EXISTS. */
export async function addTask(ctx: WorkContext, task: NewTask): Promise<Task | null> {
  const [row] = await ctx.tx<TaskRow[]>`
    insert into portal.tasks as t (task_id, call_id, kind, due_at, instruction, agent_id, team_id, programme_id, created_date)
    values (coalesce(${task.taskId}::uuid, gen_random_uuid()), ${task.callId}, ${task.kind}, ${task.dueAt},
            ${task.instruction}, ${task.agentId}, ${task.teamId}, ${task.programmeId}, ${ctx.now})
    on conflict do nothing
    returning ${taskColumns(ctx.tx)}`;
  if (row === undefined) {
    if (task.taskId === null) return null;
    throw new PortalError("ALREADY_EXISTS", `task ${task.taskId} exists`);
  }
  const made = toTask(row);
  await addTimeline(ctx, task.callId, "task_created", task.agentId);
  if (task.agentId !== null) {
    ctx.publish({ kind: "task", data: made, audience: { agents: [task.agentId] } });
  }
  return made;
}

export interface TaskPage {
  readonly kind: Task["kind"] | null;
  readonly after: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

/** Open tasks the viewer may see, by due time. One more than `limit`, so that the end is known. */
export async function listOpenTasks(tx: Tx, page: TaskPage): Promise<Task[]> {
  const rows = await tx<TaskRow[]>`
    select ${taskColumns(tx)}
      from portal.tasks t
     where state = 'open' and (${page.kind}::text is null or kind = ${page.kind})
       and (${page.after?.at ?? null}::timestamptz is null
            or (due_at, task_id) > (${page.after?.at ?? null}, ${page.after?.id ?? null}::uuid))
     order by due_at, task_id limit ${page.limit + 1}`;
  return rows.map(toTask);
}

/** Marks a task as done; a done one is answered as it is. Null: no such task for this viewer. */
export async function completeTask(
  ctx: WorkContext,
  taskId: string,
  outcome: string,
): Promise<Task | null> {
  const [row] = await ctx.tx<TaskRow[]>`
    update portal.tasks t set state = 'done', modified_date = ${ctx.now},
           outcome = case when state = 'open' then ${outcome} else outcome end,
           version = case when state = 'open' then version + 1 else version end,
           undecided_call_id = null, last_result = null
     where task_id = ${taskId}
    returning ${taskColumns(ctx.tx)}`;
  return row === undefined ? null : toTask(row);
}

export interface TaskDecision {
  readonly outcome: string;
  /** When it is tried again; null ends the task. */
  readonly dueAt: Date | null;
}

/** Records what came of a locked open task and tells its agent. */
export async function decideTask(
  ctx: WorkContext,
  taskId: string,
  decision: TaskDecision,
): Promise<Task> {
  const [row] = await ctx.tx<TaskRow[]>`
    update portal.tasks t
       set state = ${decision.dueAt === null ? "done" : "open"}, outcome = ${decision.outcome},
           due_at = coalesce(${decision.dueAt}::timestamptz, due_at), undecided_call_id = null, last_result = null,
           version = version + 1, modified_date = ${ctx.now}
     where task_id = ${taskId} returning ${taskColumns(ctx.tx)}`;
  if (row === undefined) throw new PortalError("NOT_FOUND", `no task ${taskId} for this viewer`);
  const task = toTask(row);
  if (task.agentId !== null) {
    ctx.publish({ kind: "task", data: task, audience: { agents: [task.agentId] } });
  }
  return task;
}
