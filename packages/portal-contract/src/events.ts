import type { z } from "zod";
import { domainEvents } from "./domain-events.ts";
import { streamEvents } from "./event.ts";

/** The one table of event kinds. */
export const events = { ...streamEvents, ...domainEvents } as const;

export type EventKind = keyof typeof events;
export type EventData<Kind extends EventKind> = z.output<(typeof events)[Kind]["data"]>;
