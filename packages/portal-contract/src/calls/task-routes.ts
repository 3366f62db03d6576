import { z } from "zod";
import { everyRole, type Role } from "../roles.ts";
import { route } from "../route.ts";
import { callbackOutcomeSchema, callbackSchema } from "./callback-schemas.ts";
import { callParamsSchema } from "./schemas.ts";
import {
  addTaskBodySchema,
  taskParamsSchema,
  taskSchema,
  tasksAnswerSchema,
  tasksQuerySchema,
} from "./task-schemas.ts";

const slice = "calls";
const callTakers: readonly Role[] = ["agent", "supervisor"];

export const taskRoutes = {
  addTask: route({
    slice,
    access: { kind: "session", roles: callTakers },
    params: callParamsSchema,
    method: "POST",
    path: "/api/calls/:callId/tasks",
    summary: "Plans a follow-up or a callback.",
    durability: "geo",
    body: addTaskBodySchema,
    answer: taskSchema,
    status: 201,
    audit: "task_create",
    errors: ["NOT_FOUND", "ALREADY_EXISTS"],
  }),
  listTasks: route({
    method: "GET",
    path: "/api/tasks",
    summary: "Open follow-ups, callbacks and missing cases, by due time.",
    slice,
    access: { kind: "session", roles: everyRole },
    durability: "read",
    query: tasksQuerySchema,
    answer: tasksAnswerSchema,
    audit: "task_list",
  }),
  completeTask: route({
    method: "POST",
    path: "/api/tasks/:taskId/complete",
    summary: "Marks a task as done.",
    slice,
    access: { kind: "session", roles: callTakers },
    durability: "geo",
    params: taskParamsSchema,
    body: z.strictObject({ outcome: z.string().trim().min(1).max(500) }),
    answer: taskSchema,
    audit: "task_complete",
    errors: ["NOT_FOUND"],
  }),
  readCallback: route({
    method: "GET",
    path: "/api/tasks/:taskId",
    summary: "A follow-up or callback with what has to be known before dialling; numbers masked.",
    slice,
    access: { kind: "session", roles: callTakers },
    durability: "read",
    params: taskParamsSchema,
    answer: callbackSchema,
    audit: "callback_read",
    errors: ["NOT_FOUND"],
  }),
  recordCallbackOutcome: route({
    method: "POST",
    path: "/api/tasks/:taskId/outcome",
    summary: "Reached, not reached, to be tried again at a time, or not to be called any more.",
    slice,
    access: { kind: "session", roles: callTakers },
    durability: "geo",
    params: taskParamsSchema,
    body: callbackOutcomeSchema,
    answer: taskSchema,
    audit: "callback_outcome",
    errors: ["NOT_FOUND", "CALLBACK_IN_PROGRESS"],
  }),
} as const;
