import type { OpeningHours } from "@careline/portal-contract/programmes/schemas.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Whether a queue is open at `instant`. No hours: open day and night. Hours across midnight are two entries. */
export function isQueueOpen(hours: readonly OpeningHours[], zone: string, instant: Date): boolean {
  if (hours.length === 0) return true;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(instant);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  const weekday = weekdays.indexOf(part("weekday")) + 1;
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  return hours.some(
    (entry) => entry.weekday === weekday && minute >= entry.fromMinute && minute < entry.toMinute,
  );
}
