export { browserClock, type Clock } from "./clock.ts";
export { clockDuration, sinceMs } from "./durations.ts";
export { useNow } from "./use-now.ts";
