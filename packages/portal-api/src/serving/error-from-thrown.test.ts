import { DeadlineExceededError, describeError } from "@careline/platform";
import { expect, it } from "vitest";
import { PortalError, problemDocument, problemHeaders, staleVersion } from "../problems/index.ts";
import { portalErrorFrom } from "./error-from-thrown.ts";

const aServerError = (code: string, rest: object = {}): Error =>
  Object.assign(new Error('invalid input syntax for type uuid: "secret words"'), {
    name: "PostgresError",
    code,
    ...rest,
  });

it.each([
  ["CL001", "WRITES_PAUSED"],
  ["CL403", "PERMISSION_DENIED"],
  ["CL410", "CONFLICT"],
  ["22003", "REQUEST_INVALID"],
  ["22008", "REQUEST_INVALID"],
  ["23505", "ALREADY_EXISTS"],
  ["25006", "WRITES_PAUSED"],
  ["40P01", "CONFLICT"],
  ["42501", "PERMISSION_DENIED"],
  ["57014", "TIMED_OUT"],
  ["57P01", "DATABASE_UNAVAILABLE"],
  ["08006", "DATABASE_UNAVAILABLE"],
  ["22P02", "INTERNAL"],
])("tells SQLSTATE %s as %s, and repeats none of the server's words", (state, code) => {
  const error = portalErrorFrom(
    aServerError(state, {
      detail: "Key (mrn)=(secret words) exists",
      constraint_name: "patients_mrn",
    }),
  );
  expect(error.code).toBe(code);
  expect(describeError(error)).toContain(`SQLSTATE ${state}, constraint_name patients_mrn`);
  expect(describeError(error)).not.toContain("secret words");
  expect(JSON.stringify(problemDocument(error, "r"))).not.toContain("secret words");
});

it("tells a refusal of ours as what it is, a passed deadline as one, and anything else as unforeseen", () => {
  const refusal = new PortalError("TERM_CHANGED", "x");
  expect(portalErrorFrom(refusal)).toBe(refusal);
  expect(portalErrorFrom(new PortalError("CONNECTION_LOST", "x")).code).toBe(
    "DATABASE_UNAVAILABLE",
  );
  expect(portalErrorFrom(new PortalError("CLIENT_LEFT", "x")).code).toBe("STOPPING");
  expect(portalErrorFrom(new DeadlineExceededError(1_000)).code).toBe("TIMED_OUT");
  const unforeseen = new TypeError("x is not a function");
  expect(portalErrorFrom(unforeseen)).toMatchObject({ code: "INTERNAL", cause: unforeseen });
  for (const thrown of [undefined, null, "ECONNRESET", { code: "ECONNRESET" }])
    expect(portalErrorFrom(thrown).code).toBe("INTERNAL");
});

it("takes the key's own constraint for a request in flight", () => {
  const error = portalErrorFrom(aServerError("23505", { constraint_name: "idempotency_pkey" }));
  expect(error.code).toBe("IDEMPOTENCY_IN_FLIGHT");
});

it.each([
  "ECONNRESET",
  "CONNECTION_CLOSED",
  "CONNECT_TIMEOUT",
  "ERR_STREAM_WRITE_AFTER_END",
  "ERR_STREAM_DESTROYED",
])("takes %s for a database that is away", (code) => {
  expect(portalErrorFrom(Object.assign(new Error("x"), { code })).code).toBe(
    "DATABASE_UNAVAILABLE",
  );
});

it("never lets an internal code or a cause out", () => {
  const inner = new PortalError("KEYS_INVALID", "key k1", { cause: new Error("secret words") });
  const document = problemDocument(portalErrorFrom(inner), "01990000-0000-7000-8000-000000000001");
  expect(document).toMatchObject({
    code: "INTERNAL",
    status: 500,
    instance: "urn:uuid:01990000-0000-7000-8000-000000000001",
  });
  expect(JSON.stringify(document)).not.toMatch(/secret|KEYS|k1/);
});

it("names both versions of a stale edit, and when to come back", () => {
  const stale = problemDocument(staleVersion(3, 5), "r");
  expect(stale).toMatchObject({
    status: 412,
    code: "STALE_VERSION",
    yourVersion: 3,
    currentVersion: 5,
    retryable: false,
  });
  const paused = new PortalError("WRITES_PAUSED", "x", { reason: "draining" });
  expect(problemDocument(paused, "r")).toMatchObject({
    status: 503,
    retryable: true,
    reason: "draining",
  });
  expect(problemHeaders(paused, 503)).toMatchObject({
    "retry-after": "1",
    "content-type": "application/problem+json",
  });
});
