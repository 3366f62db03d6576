import { events } from "@careline/portal-contract/events.ts";
import { expect, it } from "vitest";
import { eventKinds, SequenceCheck } from "./event-stream.ts";

it("listens to every kind of event that the contract names", () => {
  expect([...eventKinds].sort()).toEqual(Object.keys(events).sort());
});
it("sees a skipped number and a new stream as a gap, the first message never", () => {
  const check = new SequenceCheck();
  expect(check.isGap({ streamId: "a", sequence: 7 })).toBe(false);
  expect(check.isGap({ streamId: "a", sequence: 8 })).toBe(false);
  expect(check.isGap({ streamId: "a", sequence: 10 })).toBe(true);
  expect(check.isGap({ streamId: "b", sequence: 1 })).toBe(true);
  expect(check.isGap({ streamId: "b", sequence: 2 })).toBe(false);
});
