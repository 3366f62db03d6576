import type { Callback, DialBlock } from "@careline/portal-contract/calls/callback-schemas.ts";
import type { Task } from "@careline/portal-contract/calls/task-schemas.ts";
import { zonesOfStates } from "./us-zones.ts";

/** People are called between 8 and 21 o'clock of their own day (47 CFR 64.1200(c)(1)). */
const firstHour = 8;
const lastHour = 21;
/** After five calls without reaching anybody a person decides; a machine-like row of calls helps nobody. */
export const callbackAttemptsMax = 5;

export type LocalTime = Callback["callee"]["localTimes"][number];

/** What time it is where the callee may be: by their state, else by the queue's zone. Every zone counts. */
export function localTimes(
  states: readonly string[],
  queueZone: string,
  now: Date,
): readonly LocalTime[] {
  const known = zonesOfStates(states);
  return (known.length === 0 ? [queueZone] : known).map((zone) => {
    const time = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).format(now);
    const hour = Number(time.slice(0, 2));
    return { zone, time, isAllowed: hour >= firstHour && hour < lastHour };
  });
}

export interface DialFacts {
  readonly lastResult: Task["lastResult"];
  readonly attempts: number;
  readonly isDoNotCall: boolean;
  readonly localTimes: readonly LocalTime[];
}

/** What stands in the way of dialling now, or null. A stated reason waives the hours and nothing else. */
export function dialBlock(facts: DialFacts, isHoursWaived: boolean): DialBlock | null {
  if (isUnderWay(facts.lastResult)) return "CALLBACK_IN_PROGRESS";
  if (facts.isDoNotCall) return "DO_NOT_CALL";
  if (facts.attempts >= callbackAttemptsMax) return "CALLBACK_ATTEMPTS_USED";
  const isAllowed = facts.localTimes.every((one) => one.isAllowed);
  return isAllowed || isHoursWaived ? null : "CALLBACK_OUTSIDE_HOURS";
}

/** Whether somebody is being called for the task at this moment. */
export function isUnderWay(lastResult: Task["lastResult"]): boolean {
  return lastResult === "dialling" || lastResult === "on_line";
}
