import type { Task } from "@careline/portal-contract/calls/schemas.ts";
import type { Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { addTimeline } from "./timeline.sql.ts";

interface TaskRow extends Omit<Task, "dueAt"> {
  readonly dueAt: Date;
}
const toTask = (row: TaskRow): Task => ({ ...row, dueAt: row.dueAt.toISOString() });

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
    insert into portal.tasks (task_id, call_id, kind, due_at, instruction, agent_id, team_id, programme_id, created_date)
    values (coalesce(${task.taskId}::uuid, gen_random_uuid()), ${task.callId}, ${task.kind}, ${task.dueAt},
            ${task.instruction}, ${task.agentId}, ${task.teamId}, ${task.programmeId}, ${ctx.now})
    on conflict do nothing
    returning task_id as "taskId", call_id as "callId", kind, state, due_at as "dueAt", instruction,
              agent_id as "agentId", version::int as version`;
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
    select task_id as "taskId", call_id as "callId", kind, state, due_at as "dueAt", instruction,
           agent_id as "agentId", version::int as version
      from portal.tasks
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
    update portal.tasks set state = 'done', modified_date = ${ctx.now},
           outcome = case when state = 'open' then ${outcome} else outcome end,
           version = case when state = 'open' then version + 1 else version end
     where task_id = ${taskId}
    returning task_id as "taskId", call_id as "callId", kind, state, due_at as "dueAt", instruction,
              agent_id as "agentId", version::int as version`;
  return row === undefined ? null : toTask(row);
}
