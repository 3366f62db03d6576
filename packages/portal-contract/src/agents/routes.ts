import { everyRole } from "../roles.ts";
import { route } from "../route.ts";
import {
  agentProfileSchema,
  colleaguesAnswerSchema,
  presenceSchema,
  setPresenceBodySchema,
} from "./schemas.ts";

const slice = "agents";

export const agentsRoutes = {
  readOwnProfile: route({
    method: "GET",
    path: "/api/agents/me",
    summary: "The signed-in agent: team, skills, programmes, live state.",
    slice,
    access: { kind: "session", roles: everyRole },
    durability: "read",
    answer: agentProfileSchema,
    audit: null,
  }),
  setPresence: route({
    method: "PUT",
    path: "/api/agents/me/presence",
    summary:
      "Go available, on break with a reason, or offline. During a call a break waits until it is closed.",
    slice,
    access: { kind: "session", roles: ["agent", "supervisor"] },
    durability: "local",
    body: setPresenceBodySchema,
    answer: presenceSchema,
    audit: "presence_set",
    errors: ["PRESENCE_CONFLICT"],
  }),
  listColleagues: route({
    method: "GET",
    path: "/api/agents",
    summary: "Colleagues of the own programmes who are signed in, to transfer to or consult.",
    slice,
    access: { kind: "session", roles: everyRole },
    durability: "read",
    answer: colleaguesAnswerSchema,
    audit: null,
  }),
} as const;
