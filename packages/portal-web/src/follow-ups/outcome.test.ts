import { describe, expect, it } from "vitest";
import { outcomeOf, tomorrowAt } from "./outcome.ts";
import { isUndecided } from "./tasks.ts";

const now = new Date(2026, 10, 22, 15, 42).getTime();

describe("the outcome of a callback", () => {
  it("is tried again tomorrow at the full hour unless told otherwise", () => {
    expect(tomorrowAt(new Date(now))).toBe("2026-11-23T15:00");
  });
  it("needs a time that is still to come when it is tried again", () => {
    const draft = { kind: "try_again", note: " at work ", at: "2026-11-23T15:00" } as const;
    expect(outcomeOf(draft, now)).toEqual({
      kind: "try_again",
      note: "at work",
      at: new Date(2026, 10, 23, 15).toISOString(),
    });
    expect(outcomeOf({ ...draft, at: "" }, now)).toBeNull();
    expect(outcomeOf({ ...draft, at: "2026-11-22T15:00" }, now)).toBeNull();
  });
  it("needs nothing else when the task ends", () => {
    expect(outcomeOf({ kind: "reached", note: "", at: "" }, now)).toEqual({
      kind: "reached",
      note: "",
    });
  });
  it("is asked for only after the call", () => {
    expect(isUndecided({ lastResult: "no_answer" })).toBe(true);
    expect(isUndecided({ lastResult: "answered" })).toBe(true);
    expect(isUndecided({ lastResult: "on_line" })).toBe(false);
    expect(isUndecided({ lastResult: null })).toBe(false);
  });
});
