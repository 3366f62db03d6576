import type { Problem } from "@careline/portal-contract/problems.ts";

/** Why a request gave no answer that can be used. */
export type ApiFailure =
  /** The service answered with a problem document. */
  | { readonly kind: "problem"; readonly problem: Problem }
  /** Nothing came back: no network, no region, or the time ran out. */
  | { readonly kind: "unreachable" }
  /** Something answered that is not this service (a proxy's page, a damaged body). */
  | { readonly kind: "unreadable"; readonly status: number };

/** A failed request. `code` is the problem's code, or `UNREACHABLE` / `UNREADABLE` where no document came. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;
  /** Whether the same request (a write: with the same key) may succeed later. */
  readonly retryable: boolean;
  readonly failure: ApiFailure;
  readonly retryAfterMs: number | null;

  constructor(failure: ApiFailure, retryAfterMs: number | null = null, cause?: unknown) {
    const code = codeOf(failure);
    super(code, { cause });
    this.failure = failure;
    this.code = code;
    this.status =
      failure.kind === "problem"
        ? failure.problem.status
        : failure.kind === "unreadable"
          ? failure.status
          : 0;
    this.retryable = failure.kind === "problem" ? failure.problem.retryable : true;
    this.retryAfterMs = retryAfterMs;
  }
}

function codeOf(failure: ApiFailure): string {
  if (failure.kind === "problem") return failure.problem.code;
  return failure.kind === "unreachable" ? "UNREACHABLE" : "UNREADABLE";
}

/** The code of any thrown value, for people to name when they ask for help. */
export function errorCode(error: unknown): string {
  return error instanceof ApiError ? error.code : "SCREEN_FAILED";
}

/** Statuses by which the service says "not you": they are shown as denied, not as failed. */
export function isDenied(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

export function needsSignIn(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
