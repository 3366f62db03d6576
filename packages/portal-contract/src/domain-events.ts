import { z } from "zod";
import { presenceSchema } from "./agents/index.ts";
import { boardDeltaSchema } from "./board/index.ts";
import { callSchema, taskSchema } from "./calls/index.ts";
import { event } from "./event.ts";
import { offerEventSchema } from "./queue/index.ts";

/** Event kinds of the domains, part of the one table in events.ts. */
export const domainEvents = {
  offer: event({
    summary: "A call rings for this agent, or rings no more (`offer.outcome`).",
    data: offerEventSchema,
  }),
  call: event({
    summary: "A call in this agent's hands changed; the larger `version` wins.",
    data: z.strictObject({ call: callSchema }),
  }),
  presence: event({
    summary: "The agent's own live state changed; the larger `version` wins.",
    data: presenceSchema,
  }),
  task: event({
    summary: "A task of this agent was made or done.",
    data: taskSchema,
  }),
  board: event({
    summary: "Changes of the live board as this viewer may see it.",
    data: boardDeltaSchema,
  }),
} as const;
