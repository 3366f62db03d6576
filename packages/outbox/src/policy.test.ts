import { expect, it } from "vitest";
import {
  backOffMs,
  defaultOutboxPolicy,
  newestTermIn,
  ownBackOffMs,
  problemCode,
  readAnswer,
} from "./policy.ts";
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

it("has the paces that its users were measured with", () => {
  expect(defaultOutboxPolicy).toEqual({
    itemsMax: 2_000,
    sendsAtOnceMax: 4,
    attemptMs: 4_000,
    attemptMostMs: 12_000,
    backOffFirstMs: 100,
    backOffMostMs: 10_000,
    confirmAfterMs: 1_000,
    confirmMostMs: 15_000,
    keyKeptMs: 13 * 24 * 3_600_000,
  });
});

it("acknowledges a write by any success that names its position, and by no other answer", () => {
  const at = { "careline-position": "3/0/10" };
  for (const status of [200, 204, 299])
    expect(readAnswer(answer(status, at))).toEqual({ kind: "acknowledged", position: "3/0/10" });
  for (const status of [199, 300, 404])
    expect(readAnswer(answer(status, at)).kind).toBe("conflict");
  expect(readAnswer(answer(200))).toEqual({ kind: "retry", afterMs: null, wholeLink: true });
});

it("repeats over the whole link what a server or the way to it failed at, and one write by its code", () => {
  const whole = { kind: "retry", afterMs: null, wholeLink: true };
  for (const status of [500, 503, 408, 425]) expect(readAnswer(answer(status))).toEqual(whole);
  for (const code of [
    "IDEMPOTENCY_IN_FLIGHT",
    "CARRIER_UNAVAILABLE",
    "IDENTITY_PROVIDER_UNAVAILABLE",
    "UNPROTECTED_REFUSED",
    "INTERNAL",
  ])
    expect(readAnswer(answer(503, {}, code))).toEqual({ ...whole, wholeLink: false });
});

it("waits a second where a limit names no time, and never longer than a minute", () => {
  const after = (text: string) => readAnswer(answer(429, { "retry-after": text }));
  for (const text of ["0", "-3", "soon", "Infinity"])
    expect(after(text)).toEqual({ kind: "retry", afterMs: 1_000, wholeLink: true });
  expect(readAnswer(answer(429))).toMatchObject({ afterMs: 1_000 });
  expect([after("60"), after("3600")]).toMatchObject([{ afterMs: 60_000 }, { afterMs: 60_000 }]);
});

it("takes the list of terms that a refusal brings, and none where it cannot be read", () => {
  const refusal = (terms: unknown): TransportAnswer => ({
    ...answer(409),
    body: { code: "TERM_CHANGED", terms },
  });
  expect(readAnswer(refusal([{ term: 4, startLsn: "0/50" }]))).toEqual({
    kind: "term-changed",
    terms: [{ term: 4, lsn: 0x50n }],
  });
  expect(readAnswer(refusal("none"))).toEqual({ kind: "term-changed", terms: null });
  expect(readAnswer(answer(404, {}, "TERM_CHANGED")).kind).toBe("conflict");
});

it("reads the code of a problem document, and none from anything else", () => {
  expect(problemCode({ code: "CONFLICT" })).toBe("CONFLICT");
  for (const body of [null, undefined, "CONFLICT", {}, { code: 7 }])
    expect(problemCode(body)).toBeNull();
});

it("sees the newest term of position and confirmation, whichever it is", () => {
  const seen = (position: string | null, confirmed: string | null): number | null =>
    newestTermIn(
      answer(200, {
        ...(position === null ? {} : { "careline-position": position }),
        ...(confirmed === null ? {} : { "careline-confirmed": confirmed }),
      }),
    );
  expect([seen("3/0/10", "2/0/10"), seen("2/0/10", "3/0/10")]).toEqual([3, 3]);
  expect([seen("3/0/10", null), seen(null, "2/0/10"), seen(null, "soon")]).toEqual([3, 2, null]);
});
