/** What a client needs to know about one problem code. */
export interface ProblemDefinition {
  readonly status: number;
  /** Whether the same request, with the same key, may succeed later. */
  readonly retryable: boolean;
  /** What to do, in one plain sentence. Never contains data. */
  readonly remedy: string;
}

const define = <const Table extends Record<string, ProblemDefinition>>(table: Table): Table =>
  table;

/** Codes of the foundation; each domain adds its own in domain-problems.ts. */
export const basicProblems = define({
  REQUEST_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Correct the named fields and send it again.",
  },
  BODY_MALFORMED: {
    status: 400,
    retryable: false,
    remedy: "Send a body that is well-formed JSON.",
  },
  BODY_TOO_LARGE: { status: 413, retryable: false, remedy: "Send a smaller body." },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    retryable: false,
    remedy: "Send the body as application/json.",
  },
  HEADERS_TOO_LARGE: { status: 431, retryable: false, remedy: "Send fewer or shorter headers." },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    remedy: "Check the address, or whether you may see this record.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    remedy: "Use a method that the Allow header names.",
  },

  SESSION_REQUIRED: { status: 401, retryable: false, remedy: "Sign in." },
  SESSION_ENDED: {
    status: 401,
    retryable: false,
    remedy: "Sign in again; this session was ended.",
  },
  SESSION_LOCKED: {
    status: 423,
    retryable: false,
    remedy: "Unlock the session by signing in again as the same person.",
  },
  PERMISSION_DENIED: {
    status: 403,
    retryable: false,
    remedy: "Ask a supervisor for the role that this needs.",
  },
  CSRF_REFUSED: {
    status: 403,
    retryable: false,
    remedy: "Send the request from the portal's own pages with the Careline-Client header.",
  },
  SIGNATURE_INVALID: {
    status: 401,
    retryable: false,
    remedy: "Sign the request with the key that was agreed.",
  },
  RATE_LIMITED: { status: 429, retryable: true, remedy: "Wait as long as Retry-After says." },

  SIGN_IN_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Start the sign-in again from the portal.",
  },
  SIGN_IN_REFUSED: {
    status: 403,
    retryable: false,
    remedy: "The identity provider refused; start the sign-in again.",
  },
  MFA_REQUIRED: { status: 403, retryable: false, remedy: "Sign in with a second factor." },
  ACCOUNT_UNKNOWN: {
    status: 403,
    retryable: false,
    remedy: "Ask an administrator to add you to the portal.",
  },
  ACCOUNT_CLOSED: {
    status: 403,
    retryable: false,
    remedy: "This account was closed; ask an administrator.",
  },
  UNLOCK_OTHER_PERSON: {
    status: 403,
    retryable: false,
    remedy: "Unlock as the person who is signed in, or sign out first.",
  },
  UNLOCK_NOT_FRESH: {
    status: 403,
    retryable: false,
    remedy: "Enter your password and code again to unlock.",
  },
  IDENTITY_PROVIDER_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "The identity provider does not answer; try again shortly.",
  },

  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    retryable: false,
    remedy: "Send an Idempotency-Key (a UUID) with each write.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    remedy: "Use a new Idempotency-Key for a different request.",
  },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    retryable: true,
    remedy: "The first request with this key is still running; repeat it shortly.",
  },
  TERM_CHANGED: {
    status: 409,
    retryable: true,
    remedy: "Send the record's earlier writes again first; then this one, with the same key.",
  },
  IF_MATCH_REQUIRED: {
    status: 428,
    retryable: false,
    remedy: "Send If-Match with the version that the edit is based on.",
  },
  STALE_VERSION: {
    status: 412,
    retryable: false,
    remedy: "Someone else changed this record; compare both versions and send again.",
  },
  ALREADY_EXISTS: {
    status: 409,
    retryable: false,
    remedy: "A record with this id exists; make a new id.",
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    remedy: "Another change came first; read the record again.",
  },

  WRITES_PAUSED: {
    status: 503,
    retryable: true,
    remedy: "Writes pause while the region changes; repeat with the same key.",
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    retryable: true,
    remedy: "The write may have been kept; repeat with the same key.",
  },
  UNPROTECTED_REFUSED: {
    status: 503,
    retryable: true,
    remedy:
      "The other region is away and this write must not be kept in one region only; repeat later.",
  },
  NOT_PRIMARY: {
    status: 503,
    retryable: true,
    remedy: "The other region serves; repeat through the front door.",
  },
  READ_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "No region can serve this read now; repeat shortly.",
  },
  NOT_DURING_EMERGENCY: {
    status: 503,
    retryable: true,
    remedy: "This view is not offered while no region is writable; repeat shortly.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "The database does not answer; repeat with the same key.",
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    remedy: "Too many requests at once; repeat with the same key.",
  },
  TIMED_OUT: {
    status: 503,
    retryable: true,
    remedy: "It took too long; repeat with the same key.",
  },
  STOPPING: {
    status: 503,
    retryable: true,
    remedy: "This process is stopping; repeat with the same key.",
  },
  INTERNAL: { status: 500, retryable: false, remedy: "Report the request id to support." },

  FRONT_DOOR_REFUSED: {
    status: 403,
    retryable: false,
    remedy: "The front door refused the request.",
  },
  FRONT_DOOR_BROKEN: {
    status: 502,
    retryable: true,
    remedy: "The region broke off; repeat with the same key.",
  },
  NO_REGION: {
    status: 503,
    retryable: true,
    remedy: "No region answers now; repeat with the same key.",
  },
});
