import { expect, it } from "vitest";
import type { DurabilityState } from "../permit/index.ts";
import { acknowledge, planCommit } from "./durability.ts";

const on: DurabilityState = {
  geo: true,
  generation: 2,
  unprotectedSince: null,
  acceptUnprotected: true,
};
const off: DurabilityState = { ...on, geo: false, unprotectedSince: "2026-11-22T10:00:00Z" };
const permit = { term: 3, remainingMs: 500 };

it("refuses a write without a permit, and says why", () => {
  expect(() => planCommit(null, "draining", on, "local")).toThrow(
    expect.objectContaining({ code: "WRITES_PAUSED", options: { reason: "draining" } }),
  );
});

it("waits for the standby only for geo writes while geo is on", () => {
  expect(planCommit(permit, "", on, "geo").synchronousCommit).toBe("on");
  expect(planCommit(permit, "", on, "local").synchronousCommit).toBe("local");
  expect(planCommit(permit, "", off, "geo").synchronousCommit).toBe("local");
});

it("refuses geo writes while unprotected when the plan says so", () => {
  const strict = { ...off, acceptUnprotected: false };
  expect(() => planCommit(permit, "", strict, "geo")).toThrow(
    expect.objectContaining({ code: "UNPROTECTED_REFUSED" }),
  );
  expect(planCommit(permit, "", strict, "local").synchronousCommit).toBe("local");
  const protectedAgain = { ...on, acceptUnprotected: false };
  expect(planCommit(permit, "", protectedAgain, "geo").synchronousCommit).toBe("on");
});

it("acknowledges no unprotected write once the plan has stopped accepting them", () => {
  const strict = { ...off, acceptUnprotected: false };
  expect(() => acknowledge(planCommit(permit, "", off, "geo"), false, permit, strict)).toThrow(
    expect.objectContaining({ code: "OUTCOME_UNKNOWN" }),
  );
  expect(acknowledge(planCommit(permit, "", off, "local"), false, permit, strict)).toBe("local");
});

it("calls a write geo when nothing changed between COMMIT and the answer", () => {
  expect(acknowledge(planCommit(permit, "", on, "geo"), false, permit, on)).toBe("geo");
});

it("calls a geo write single-region while unprotected, and a local one always local", () => {
  expect(acknowledge(planCommit(permit, "", off, "geo"), false, permit, off)).toBe("single-region");
  expect(acknowledge(planCommit(permit, "", off, "geo"), false, permit, on)).toBe("single-region");
  expect(acknowledge(planCommit(permit, "", off, "local"), false, permit, off)).toBe("local");
});

it.each([
  ["the permit is gone", false, null, on],
  ["the permit is of another term", false, { term: 4, remainingMs: 9 }, on],
  ["the wait for the standby was cut short", true, permit, on],
  ["geo was revoked in between", false, permit, off],
  ["geo was revoked and announced anew in between", false, permit, { ...on, generation: 3 }],
])("acknowledges nothing when %s", (_, warned, permitNow, durabilityNow) => {
  const plan = planCommit(permit, "", on, "geo");
  expect(() => acknowledge(plan, warned, permitNow, durabilityNow)).toThrow(
    expect.objectContaining({ code: "OUTCOME_UNKNOWN" }),
  );
});
