import { callStates } from "@careline/portal-contract/calls/codes.ts";
import { describe, expect, it } from "vitest";
import { callTransitions, closeBlockers, nextCallState } from "./call-state.ts";

const ends = ["closed", "abandoned", "voicemail", "missed"] as const;

describe("the life of a call", () => {
  it("goes from the ring through hold and conference to its close", () => {
    const walk = [
      "ring",
      "answer",
      "hold",
      "resume",
      "consult",
      "conference",
      "hang_up",
      "close",
    ] as const;
    let state: (typeof callStates)[number] | null = "offered";
    const seen = [];
    for (const action of walk) {
      state = nextCallState(state ?? "offered", action);
      seen.push(state);
    }
    expect(seen).toEqual([
      "ringing",
      "connected",
      "held",
      "connected",
      "consulting",
      "conferenced",
      "wrapping",
      "closed",
    ]);
  });
  it("never leaves an end", () => {
    for (const pair of callTransitions()) {
      expect(
        ends.some((end) => pair.startsWith(`${end}→`)),
        pair,
      ).toBe(false);
    }
  });
  it("has a way out of every state that is no end, and a way into every state but the first", () => {
    const pairs = [...callTransitions()];
    for (const state of callStates) {
      if (!ends.some((end) => end === state)) {
        expect(
          pairs.some((pair) => pair.startsWith(`${state}→`)),
          state,
        ).toBe(true);
      }
      expect(
        pairs.some((pair) => pair.endsWith(`→${state}`)),
        state,
      ).toBe(true);
    }
  });
  it("closes a call only from wrap-up", () => {
    const into = [...callTransitions()].filter((pair) => pair.endsWith("→closed"));
    expect(into).toEqual(["wrapping→closed"]);
  });
  it("does not answer a call that rings no more", () => {
    expect(nextCallState("offered", "answer")).toBeNull();
    expect(nextCallState("connected", "answer")).toBeNull();
  });
  it("tells a caller who left the queue from one who left while it rang", () => {
    expect(nextCallState("offered", "caller_left")).toBe("abandoned");
    expect(nextCallState("ringing", "caller_left")).toBe("missed");
    expect(nextCallState("held", "caller_left")).toBe("wrapping");
  });
});

describe("the close of a call", () => {
  const ready = {
    state: "wrapping",
    isScreenAnswered: true,
    reason: "general",
    wrapUpCode: "answered",
    isWrapUpCodeRequired: true,
  } as const;
  it("is free when screen, reason and wrap-up code are there", () => {
    expect(closeBlockers(ready)).toEqual([]);
  });
  it("waits for the five safety questions", () => {
    expect(closeBlockers({ ...ready, isScreenAnswered: false })).toEqual(["screen_unanswered"]);
  });
  it("needs a wrap-up code only where the queue asks for one", () => {
    expect(closeBlockers({ ...ready, wrapUpCode: null })).toEqual(["wrap_up_code_missing"]);
    expect(closeBlockers({ ...ready, wrapUpCode: null, isWrapUpCodeRequired: false })).toEqual([]);
  });
  it("names everything that is missing while the caller is still there", () => {
    expect(
      closeBlockers({ ...ready, state: "connected", reason: null, isScreenAnswered: false }),
    ).toEqual(["still_on_line", "screen_unanswered", "reason_missing"]);
  });
});
