import { CodedError, type CodedErrorOptions, type ErrorTable } from "@careline/platform";

/** Every error code of the daemons of a site. `docs/reference/continuity-errors.md` is checked against it. */
export const CONTINUITY_ERRORS = {
  STORE_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "No member of the quorum store took the request; nothing was written.",
  },
  STORE_OUTCOME_UNKNOWN: {
    status: 503,
    retryable: true,
    remedy: "The write may have been applied or may be applied later; read before deciding again.",
  },
  STORE_DENIED: {
    status: 403,
    retryable: false,
    remedy: "Check this process's user and role in the quorum store.",
  },
  STORE_REFUSED: {
    status: 502,
    retryable: false,
    remedy: "The quorum store refused a request as malformed; this is a defect.",
  },
  STORE_COMPACTED: {
    status: 410,
    retryable: true,
    remedy: "The watched revision was compacted; read again and watch from there.",
  },
  RECORD_UNREADABLE: {
    status: 502,
    retryable: false,
    remedy:
      "A record in the quorum store does not fit its schema; compare the versions of all sites.",
  },
  COMMAND_FAILED: {
    status: 500,
    retryable: true,
    remedy: "A database command ended with an error; its last lines are in the log.",
  },
  DATABASE_DOWN: {
    status: 503,
    retryable: true,
    remedy: "PostgreSQL does not run or does not answer on its local socket.",
  },
  DATABASE_START_FAILED: {
    status: 500,
    retryable: true,
    remedy: "PostgreSQL ended while starting; its last log lines say why.",
  },
  REWIND_IMPOSSIBLE: {
    status: 409,
    retryable: false,
    remedy: "The old data cannot be rewound; it is kept in quarantine and a fresh copy is made.",
  },
  SPACE_INSUFFICIENT: {
    status: 507,
    retryable: true,
    remedy: "Free disk space in the region before the quarantine copy can be made.",
  },
  CACHE_DOWN: {
    status: 503,
    retryable: true,
    remedy: "Redis does not run or refused the command.",
  },
  SITE_LOCKED: {
    status: 409,
    retryable: false,
    remedy: "Another keeper of this site runs; stop it first.",
  },
  PEER_UNREACHABLE: {
    status: 503,
    retryable: true,
    remedy: "The other process did not answer in time.",
  },
  REQUEST_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Compare the request with /openapi.json.",
  },
  NOT_ALLOWED: {
    status: 403,
    retryable: false,
    remedy: "Use a certificate with the role that this operation asks for.",
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    remedy: "Compare the path or the id with /openapi.json and the list of runs.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    remedy: "Use a method that the header Allow names.",
  },
  TOO_MANY_LISTENERS: {
    status: 503,
    retryable: true,
    remedy: "Close event streams that nobody reads, or follow another site's controller.",
  },
  RUN_CONFLICT: {
    status: 409,
    retryable: true,
    remedy:
      "Another run is under way or was ordered at the same moment, or the run changed meanwhile; read its state again.",
  },
  NOT_READY: {
    status: 409,
    retryable: true,
    remedy: "Readiness reasons speak against it; repair them, or name the ones to ignore.",
  },
  CONFIRMATION_MISSING: {
    status: 409,
    retryable: false,
    remedy: "Repeat the request with the expected loss that was shown, as confirmation.",
  },
  SECOND_PERSON_NEEDED: {
    status: 409,
    retryable: false,
    remedy: "Another person with the role must agree; the same person cannot stand for two.",
  },
  EVIDENCE_CONTRADICTED: {
    status: 409,
    retryable: true,
    remedy: "The other region shows signs of life: switch its data plane off, then order again.",
  },
  MERGE_REFUSED: {
    status: 409,
    retryable: false,
    remedy:
      "The primary's own rules refuse these rows; choose others, or leave them in quarantine.",
  },
  NOT_WRITABLE: {
    status: 503,
    retryable: true,
    remedy: "The region holds no permit now; wait until the primary serves, then repeat it.",
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    retryable: true,
    remedy: "It may have been done; repeating the same request answers without doing it twice.",
  },
  AUTOMATION_OFF: {
    status: 409,
    retryable: true,
    remedy: "Automation is switched off; an operator must act or switch it on.",
  },
  STEP_FAILED: {
    status: 500,
    retryable: true,
    remedy: "A step of a run did not reach its state within its attempts; the journal says why.",
  },
} as const satisfies ErrorTable;

export type ContinuityErrorCode = keyof typeof CONTINUITY_ERRORS;

/** The one error class of this package. Messages hold ids and numbers only. */
export class ContinuityError extends CodedError<ContinuityErrorCode> {
  override readonly name = "ContinuityError";
  constructor(code: ContinuityErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}
