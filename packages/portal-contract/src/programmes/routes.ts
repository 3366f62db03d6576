import { everyRole } from "../roles.ts";
import { route } from "../route.ts";
import { programmesAnswerSchema } from "./schemas.ts";

export const programmesRoutes = {
  listProgrammes: route({
    method: "GET",
    path: "/api/programmes",
    summary: "The own programmes with their scripts, queues and wrap-up codes.",
    slice: "programmes",
    access: { kind: "session", roles: everyRole },
    durability: "read",
    answer: programmesAnswerSchema,
    audit: null,
  }),
} as const;
