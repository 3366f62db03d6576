import { CodedError, type CodedErrorOptions } from "@careline/platform";
import type { ProblemCode, Term } from "@careline/portal-contract";
import type { InternalCode } from "./internal-codes.ts";

export interface PortalErrorOptions extends CodedErrorOptions {
  /** Parts that did not parse: where, and which rule. Never the value. */
  readonly fields?: readonly { readonly at: string; readonly rule: string }[];
  /** STALE_VERSION only. */
  readonly versions?: { readonly yours: number; readonly current: number };
  /** Seconds for Retry-After; 1 by default on retryable 503 and 429. */
  readonly retryAfterSeconds?: number;
  /** Machine-readable reason beside the code, e.g. the keeper's. */
  readonly reason?: string;
  /** TERM_CHANGED only. */
  readonly terms?: readonly Term[];
  /** METHOD_NOT_ALLOWED only. */
  readonly allow?: readonly string[];
}

/** The portal's one error class; its codes are the contract's problems and the internal codes. */
export class PortalError extends CodedError<ProblemCode | InternalCode> {
  override readonly name = "PortalError";
  readonly options: PortalErrorOptions;
  constructor(code: ProblemCode | InternalCode, message: string, options: PortalErrorOptions = {}) {
    super(code, message, options);
    this.options = options;
  }
}

/** 412: the edit was based on `yours`, the record is at `current`. */
export function staleVersion(yours: number, current: number): PortalError {
  return new PortalError("STALE_VERSION", `edit of version ${yours}, record is at ${current}`, {
    versions: { yours, current },
  });
}
