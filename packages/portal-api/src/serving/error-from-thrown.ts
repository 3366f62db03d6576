import { DeadlineExceededError } from "@careline/platform";
import { isProblemCode, type ProblemCode } from "@careline/portal-contract";
import { isServerError } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";

/** SQLSTATEs that mean something to a client; 01xx–99xx of PostgreSQL, CLxxx of the portal's own functions. */
const bySqlState: Readonly<Record<string, () => PortalError>> = {
  CL001: () => new PortalError("WRITES_PAUSED", "a newer term exists", { reason: "old-term" }),
  CL403: () => new PortalError("PERMISSION_DENIED", "the database refused"),
  CL409: () => new PortalError("CONFLICT", "the database refused"),
  CL429: () => new PortalError("RATE_LIMITED", "the database refused"),
  // Values that a schema lets through and no column can hold: a day in year 0, a number beyond its type.
  "22003": () => new PortalError("REQUEST_INVALID", "a number is beyond what a column holds"),
  "22008": () => new PortalError("REQUEST_INVALID", "a day is beyond the calendar"),
  "23505": () => new PortalError("ALREADY_EXISTS", "a unique key exists"),
  "23503": () =>
    new PortalError("CONFLICT", "a record that this refers to is absent or still used"),
  "23514": () => new PortalError("CONFLICT", "a rule of the database refused"),
  "25006": () =>
    new PortalError("WRITES_PAUSED", "this database is a standby", { reason: "standby" }),
  "40001": () => new PortalError("CONFLICT", "another change came first"),
  "40P01": () => new PortalError("CONFLICT", "another change came first"),
  "42501": () =>
    new PortalError("PERMISSION_DENIED", "row-level security or a missing right refused"),
  "53100": () => new PortalError("DATABASE_UNAVAILABLE", "the database's disk is full"),
  "53300": () => new PortalError("OVERLOADED", "the database takes no more connections"),
  "55P03": () => new PortalError("CONFLICT", "another change came first"),
  "57014": () => new PortalError("TIMED_OUT", "a statement ran too long"),
};

/** Errors of the client library and of sockets (also one that ended under a statement) while nothing was being committed. */
const lostConnection =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ERR_SSL|ERR_TLS|ERR_STREAM|ERR_SOCKET)/;

/** What an internal code is told as; the others are INTERNAL. */
const toTell: Readonly<Record<string, ProblemCode>> = {
  CONNECTION_LOST: "DATABASE_UNAVAILABLE",
  // Nobody reads it; counted apart from failures of ours.
  CLIENT_LEFT: "STOPPING",
};

/** What a client is told about anything that was thrown. The original stays as `cause` for the log and never leaves. */
export function portalErrorFrom(thrown: unknown): PortalError {
  if (thrown instanceof PortalError) {
    if (isProblemCode(thrown.code)) return thrown;
    return new PortalError(toTell[thrown.code] ?? "INTERNAL", thrown.code, { cause: thrown });
  }
  if (thrown instanceof DeadlineExceededError) {
    return new PortalError("TIMED_OUT", thrown.message, { cause: thrown });
  }
  if (isServerError(thrown)) return fromSqlState(thrown);
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (lostConnection.test(code)) {
    return new PortalError("DATABASE_UNAVAILABLE", "the connection was lost", { cause: thrown });
  }
  return new PortalError("INTERNAL", "an unforeseen error", { cause: thrown });
}

function fromSqlState(error: Error & { readonly code: string }): PortalError {
  const cause = withoutValues(error);
  const isKey = "constraint_name" in error && error.constraint_name === "idempotency_pkey";
  if (isKey) {
    return new PortalError("IDEMPOTENCY_IN_FLIGHT", "the first request with this key just ended", {
      cause,
    });
  }
  const known = bySqlState[error.code]?.();
  if (known !== undefined)
    return new PortalError(known.code, known.message, { ...known.options, cause });
  if (error.code.startsWith("CL4"))
    return new PortalError("CONFLICT", "the database refused", { cause });
  const isAway = error.code.startsWith("57P") || error.code.startsWith("08");
  return new PortalError(isAway ? "DATABASE_UNAVAILABLE" : "INTERNAL", "the database failed", {
    cause,
  });
}

/** PostgreSQL repeats values in its messages and details; logs get the state, the object and the place only. */
function withoutValues(error: Error & { readonly code: string }): Error {
  const facts = error as unknown as Readonly<Record<string, unknown>>;
  const named = ["table_name", "column_name", "constraint_name", "routine", "position"]
    .filter((name) => typeof facts[name] === "string")
    .map((name) => `${name} ${String(facts[name])}`);
  return new Error([`SQLSTATE ${error.code}`, ...named].join(", "));
}
