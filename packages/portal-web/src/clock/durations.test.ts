import { expect, it } from "vitest";
import { clockDuration, sinceMs } from "./durations.ts";

it("writes a minute and five seconds as 1:05", () => {
  expect(clockDuration(65_400)).toBe("1:05");
});
it("writes hours only from an hour on", () => {
  expect(clockDuration(3_605_000)).toBe("1:00:05");
  expect(clockDuration(59_000)).toBe("0:59");
});
it("shows a time in the future as zero, since two clocks may disagree", () => {
  expect(clockDuration(-5_000)).toBe("0:00");
  expect(sinceMs("2026-01-01T00:00:10Z", Date.parse("2026-01-01T00:00:00Z"))).toBe(0);
});
