import { expect, it } from "vitest";
import { callInHand, mergeCall } from "./call.ts";
import { aCall } from "./call-builder.test-data.ts";

const other = "0199c0de-0000-7000-8000-000000000002";

it("keeps the newer of two copies, whichever arrives last", () => {
  const held = aCall({ version: 3, state: "held" });
  const late = aCall({ version: 2, state: "connected" });
  expect(mergeCall([held], late)).toEqual([held]);
  expect(mergeCall([late], held)).toEqual([held]);
});
it("shows the call on the line before an older one that is still to be wrapped up", () => {
  const wrapping = aCall({ state: "wrapping", callStartTime: "2026-11-22T08:00:00.000Z" });
  const live = aCall({ callId: other, state: "held" });
  expect(callInHand([wrapping, live])?.callId).toBe(other);
});
it("has no call in hand when all have ended", () => {
  expect(
    callInHand([aCall({ state: "closed" }), aCall({ callId: other, state: "missed" })]),
  ).toBeNull();
});
