import { expect, it } from "vitest";
import { backOffMs, defaultOutboxPolicy, ownBackOffMs, readAnswer } from "./policy.ts";
import type { TransportAnswer } from "./ports.ts";

function answer(
  status: number,
  headers: Record<string, string> = {},
  code?: string,
): TransportAnswer {
  return {
    status,
    header: (name) => headers[name] ?? null,
    body: code === undefined ? null : { code },
  };
}

it("waits about a tenth of the interruption, never less than the first wait, never more than the most", () => {
  expect(backOffMs(defaultOutboxPolicy, 0, 0.5)).toBe(100);
  expect(backOffMs(defaultOutboxPolicy, 20_000, 0.5)).toBe(2_000);
  expect(backOffMs(defaultOutboxPolicy, 3_600_000, 0.5)).toBe(10_000);
});

it("spreads clients by a quarter to either side", () => {
  expect(backOffMs(defaultOutboxPolicy, 0, 0)).toBe(75);
  expect(backOffMs(defaultOutboxPolicy, 0, 1)).toBe(125);
});

it("takes a success without a position for no acknowledgement", () => {
  expect(readAnswer(answer(201, { "careline-position": "3/0/10" })).kind).toBe("acknowledged");
  expect(readAnswer(answer(200)).kind).toBe("retry");
  expect(readAnswer(answer(200, { "careline-position": "soon" })).kind).toBe("retry");
});

it.each([
  [503, "WRITES_PAUSED", "retry"],
  [503, "OUTCOME_UNKNOWN", "retry"],
  [502, undefined, "retry"],
  [504, undefined, "retry"],
  [429, "RATE_LIMITED", "retry"],
  [409, "TERM_CHANGED", "term-changed"],
  [409, "IDEMPOTENCY_IN_FLIGHT", "retry"],
  [409, "CALL_STATE_CONFLICT", "conflict"],
  [412, "STALE_VERSION", "conflict"],
  [422, "IDEMPOTENCY_KEY_REUSED", "conflict"],
  [400, "REQUEST_INVALID", "conflict"],
  [403, "PERMISSION_DENIED", "conflict"],
  [401, "SESSION_ENDED", "paused"],
  [423, "SESSION_LOCKED", "paused"],
] as const)("reads %i %s as %s", (status, code, kind) => {
  expect(readAnswer(answer(status, {}, code)).kind).toBe(kind);
});

it("holds up only the write itself when the way to the region is fine", () => {
  expect(readAnswer(answer(503, {}, "CARRIER_UNAVAILABLE"))).toMatchObject({ wholeLink: false });
  expect(readAnswer(answer(503, {}, "NO_REGION"))).toMatchObject({ wholeLink: true });
});

it("doubles a single write's wait up to the longest", () => {
  expect(ownBackOffMs(defaultOutboxPolicy, 1, 0.5)).toBe(100);
  expect(ownBackOffMs(defaultOutboxPolicy, 4, 0.5)).toBe(800);
  expect(ownBackOffMs(defaultOutboxPolicy, 40, 0.5)).toBe(10_000);
});

it("honours Retry-After where the server limits rates, and not where a failover is faster", () => {
  expect(readAnswer(answer(429, { "retry-after": "7" }))).toMatchObject({ afterMs: 7_000 });
  expect(readAnswer(answer(503, { "retry-after": "7" }))).toMatchObject({ afterMs: null });
});
