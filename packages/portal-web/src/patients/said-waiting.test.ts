import type { OutboxItem } from "@careline/outbox";
import { expect, it } from "vitest";
import { isSaidWaiting } from "./said-waiting.ts";

const ids = { callId: "c1", patientId: "p1" };
const anItem = (patientId: string, kind: "queued" | "sending" | "conflict", callId = "c1") =>
  ({
    write: {
      recordKey: `caller:${callId}`,
      method: "PUT",
      path: `/api/calls/${callId}/caller`,
      body: { patientId },
    },
    state: { kind },
  }) as OutboxItem;

it("is waiting while it is kept or on its way", () => {
  expect(isSaidWaiting(ids, [anItem("p1", "queued")])).toBe(true);
  expect(isSaidWaiting(ids, [anItem("p1", "sending")])).toBe(true);
});
it("is not what was refused, or said about another patient or on another call", () => {
  expect(isSaidWaiting(ids, [])).toBe(false);
  expect(isSaidWaiting(ids, [anItem("p1", "conflict")])).toBe(false);
  expect(isSaidWaiting(ids, [anItem("p2", "queued")])).toBe(false);
  expect(isSaidWaiting(ids, [anItem("p1", "queued", "c2")])).toBe(false);
});
