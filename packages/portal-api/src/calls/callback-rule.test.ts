import { describe, expect, it } from "vitest";
import { callbackAttemptsMax, dialBlock, localTimes } from "./callback-rule.ts";

const at = (instant: string): Date => new Date(instant);
const free = {
  lastResult: null,
  attempts: 0,
  isDoNotCall: false,
  localTimes: [{ zone: "America/Denver", time: "12:00", isAllowed: true }],
} as const;
const atNight = {
  ...free,
  localTimes: [{ zone: "America/Denver", time: "23:00", isAllowed: false }],
};

describe("when a person may be called", () => {
  it.each([
    ["2026-11-22T14:59:00Z", "07:59", false],
    ["2026-11-22T15:00:00Z", "08:00", true],
    ["2026-11-23T03:59:00Z", "20:59", true],
    ["2026-11-23T04:00:00Z", "21:00", false],
    // Daylight saving time: an hour earlier by UTC.
    ["2026-07-01T14:00:00Z", "08:00", true],
  ])("at %s it is %s in Colorado", (instant, time, isAllowed) => {
    expect(localTimes(["CO"], "UTC", at(instant))).toEqual([
      { zone: "America/Denver", time, isAllowed },
    ]);
  });
  it("counts every zone of a state that has several", () => {
    // 8:30 in Miami is 7:30 in Pensacola.
    const times = localTimes(["FL"], "UTC", at("2026-11-22T13:30:00Z"));
    expect(times.map((one) => one.isAllowed)).toEqual([true, false]);
    expect(dialBlock({ ...free, localTimes: times }, false)).toBe("CALLBACK_OUTSIDE_HOURS");
  });
  it("goes by the queue's zone when nobody knows where they live", () => {
    expect(localTimes([], "America/New_York", at("2026-11-22T17:00:00Z"))).toEqual([
      { zone: "America/New_York", time: "12:00", isAllowed: true },
    ]);
  });
  it("waives the hours for a stated reason, and nothing else", () => {
    expect(dialBlock(atNight, false)).toBe("CALLBACK_OUTSIDE_HOURS");
    expect(dialBlock(atNight, true)).toBeNull();
    expect(dialBlock({ ...atNight, isDoNotCall: true }, true)).toBe("DO_NOT_CALL");
    expect(dialBlock({ ...atNight, attempts: callbackAttemptsMax }, true)).toBe(
      "CALLBACK_ATTEMPTS_USED",
    );
  });
  it("calls nobody twice at once", () => {
    expect(dialBlock({ ...free, lastResult: "dialling" }, true)).toBe("CALLBACK_IN_PROGRESS");
    expect(dialBlock({ ...free, lastResult: "on_line" }, true)).toBe("CALLBACK_IN_PROGRESS");
    expect(dialBlock({ ...free, lastResult: "no_answer" }, false)).toBeNull();
  });
});
