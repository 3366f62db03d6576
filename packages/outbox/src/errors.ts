/** Every way in which the outbox can refuse a caller. `remedy` is what the person should be told. */
export const outboxErrors = {
  OUTBOX_FULL: {
    retryable: true,
    remedy: "Too many writes wait. Go on when the connection is back and some were sent.",
  },
  STORAGE_FULL: {
    retryable: true,
    remedy: "This device has no room left for unsent work. Free space, or keep this page open.",
  },
  STORAGE_UNAVAILABLE: {
    retryable: true,
    remedy: "This browser does not keep unsent work (private window?). Keep this page open.",
  },
  ITEM_UNKNOWN: { retryable: false, remedy: "This write is no longer waiting." },
  ITEM_UNREADABLE: {
    retryable: false,
    remedy: "This waiting write was sealed with a key that is gone. It can only be discarded.",
  },
  POSITION_INVALID: { retryable: false, remedy: "The answer carries no readable position." },
} as const;

export type OutboxErrorCode = keyof typeof outboxErrors;

/** The one error class of this package. Messages carry ids and numbers only. */
export class OutboxError extends Error {
  override readonly name = "OutboxError";
  readonly code: OutboxErrorCode;
  constructor(code: OutboxErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
