import { supervisingRoles } from "../roles.ts";
import { route } from "../route.ts";
import { boardSnapshotSchema } from "./schemas.ts";

export const boardRoutes = {
  readBoard: route({
    method: "GET",
    path: "/api/board",
    summary: "Agents and queues as they are now; deltas follow on the event stream.",
    slice: "board",
    access: { kind: "session", roles: supervisingRoles },
    durability: "read",
    answer: boardSnapshotSchema,
    audit: null,
    emergency: false,
    activity: false,
  }),
} as const;
