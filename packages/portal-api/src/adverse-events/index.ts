import type { RegisteredHandler } from "../serving/index.ts";
import { listHandlers } from "./lists.ts";
import { recordHandlers } from "./record.ts";

/** Handlers of the adverse events' routes. */
export const adverseEventsHandlers: readonly RegisteredHandler[] = [
  ...recordHandlers,
  ...listHandlers,
];
