import { expect, it } from "vitest";
import { idlenessOf } from "./inactivity.ts";

const limits = { warnAfterMs: 13 * 60_000, lockAfterMs: 15 * 60_000 };

it("warns two minutes before the lock and locks after fifteen minutes without a key [HCC-SEC-10]", () => {
  expect(idlenessOf(12 * 60_000, limits)).toEqual({ kind: "active" });
  expect(idlenessOf(13 * 60_000, limits)).toEqual({ kind: "warn", remainingMs: 120_000 });
  expect(idlenessOf(15 * 60_000, limits)).toEqual({ kind: "lock" });
});
it("does not lock because the wall clock went back", () => {
  expect(idlenessOf(-60_000, limits)).toEqual({ kind: "active" });
});
