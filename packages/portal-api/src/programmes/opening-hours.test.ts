import { expect, it } from "vitest";
import { isQueueOpen } from "./opening-hours.ts";

const mondayMorning = [{ weekday: 1, fromMinute: 8 * 60, toMinute: 12 * 60 }];

it("is open day and night without hours", () => {
  expect(isQueueOpen([], "UTC", new Date("2026-11-22T03:00:00Z"))).toBe(true);
});
it("counts hours in the queue's own zone, daylight saving included", () => {
  // 2026-07-06 and 2026-11-23 are Mondays; New York is UTC-4 in July and UTC-5 in November.
  expect(isQueueOpen(mondayMorning, "America/New_York", new Date("2026-07-06T12:00:00Z"))).toBe(
    true,
  );
  expect(isQueueOpen(mondayMorning, "America/New_York", new Date("2026-11-23T12:30:00Z"))).toBe(
    false,
  );
  expect(isQueueOpen(mondayMorning, "America/New_York", new Date("2026-11-23T13:00:00Z"))).toBe(
    true,
  );
});
it("is closed from the first minute after its hours", () => {
  expect(isQueueOpen(mondayMorning, "UTC", new Date("2026-11-23T11:59:59Z"))).toBe(true);
  expect(isQueueOpen(mondayMorning, "UTC", new Date("2026-11-23T12:00:00Z"))).toBe(false);
});
