import { expect, it } from "vitest";
import { aCall } from "./call-builder.test-data.ts";
import { closeBlocks, localDay, readDay } from "./wrap-up.ts";

const wrapUp = {
  code: "done",
  reason: "general",
  resolution: null,
  followUpRequired: false,
  followUpDate: null,
} as const;

it("names everything that keeps a call open", () => {
  const call = aCall({ state: "connected" });
  expect(closeBlocks(call, { ...wrapUp, code: null, reason: null }, true)).toEqual([
    "still_on_line",
    "screen_unanswered",
    "reason_missing",
    "wrap_up_code_missing",
  ]);
});
it("asks for a wrap-up code only where the queue requires one", () => {
  const screen = {
    answers: {
      adverse_event: false,
      product_complaint: false,
      pregnancy: false,
      medication_error: false,
      lack_of_effect: false,
    },
    answeredAt: "2026-11-22T09:10:00.000Z",
    answeredByAgentId: "0199c0de-0000-7000-8000-0000000000aa",
  };
  const call = aCall({ state: "wrapping", screen });
  expect(closeBlocks(call, { ...wrapUp, code: null }, false)).toEqual([]);
});
it("keeps the day of a follow-up through the round trip of a date field [HCC-POR-02]", () => {
  const instant = readDay("2026-11-30");
  expect(localDay(instant)).toBe("2026-11-30");
  expect(readDay("")).toBeNull();
});
