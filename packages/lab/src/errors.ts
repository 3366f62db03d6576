import { CodedError, type ErrorTable } from "@careline/platform";

/** Every way in which the lab refuses or fails, with what to do about it. */
export const labErrors = {
  PORT_BASE_INVALID: {
    status: 400,
    retryable: false,
    remedy: "Choose a multiple of 100 between 2000 and 31000, e.g. CARELINE_PORT_BASE=25000.",
  },
  PORT_TAKEN: {
    status: 409,
    retryable: true,
    remedy:
      "Stop the program that owns the port, or, for a lab that never ran, choose others: CARELINE_PORT_BASE=25000.",
  },
  CHOICE_FIXED: {
    status: 409,
    retryable: false,
    remedy: "Leave the option out, or begin anew with ./careline down --wipe.",
  },
  STATE_UNUSABLE: {
    status: 409,
    retryable: false,
    remedy: "Name a new or an empty folder in CARELINE_STATE, or leave CARELINE_STATE out.",
  },
  STATE_UNREADABLE: {
    status: 500,
    retryable: false,
    remedy: "Restore .careline/state/lab.json, or start afresh with ./careline down --wipe.",
  },
  PREPARE_FAILED: {
    status: 500,
    retryable: true,
    remedy: "Read the message of the program that failed; ./careline logs shows more.",
  },
  PROGRAM_MISSING: {
    status: 424,
    retryable: false,
    remedy: "Run ./careline up: it installs what is missing, or lists it.",
  },
  LAB_NOT_RUNNING: {
    status: 503,
    retryable: true,
    remedy: "Start it with ./careline up.",
  },
  LAB_DID_NOT_START: {
    status: 504,
    retryable: true,
    remedy: "./careline logs <process> shows why; ./careline down stops what did start.",
  },
  LAB_DID_NOT_STOP: {
    status: 504,
    retryable: true,
    remedy: "Run ./careline down again; it ends what is left by force.",
  },
  UNKNOWN_PROCESS: {
    status: 404,
    retryable: false,
    remedy: "./careline status --processes lists them by name.",
  },
  UNKNOWN_LINK: {
    status: 404,
    retryable: false,
    remedy: "Sites are east, west, witness and edge; a link is a pair of two different ones.",
  },
  FAULT_WITHOUT_EFFECT: {
    status: 500,
    retryable: true,
    remedy: "The fault was asked for but its effect could not be seen; heal and try again.",
  },
  FAULT_UNAVAILABLE: {
    status: 501,
    retryable: false,
    remedy: "Start the lab with the option that the message names; some need root.",
  },
  SIGN_IN_FAILED: {
    status: 502,
    retryable: true,
    remedy: "Sign in by hand at the front door with the same account; ./careline logs shows more.",
  },
  DRILL_NOT_READY: {
    status: 409,
    retryable: true,
    remedy:
      "Wait until ./careline status says protected, then repeat; ./careline lab fault heal ends what a killed drill left behind.",
  },
  DRILL_UNFINISHED: {
    status: 504,
    retryable: true,
    remedy:
      "The lab was healed as far as possible; ./careline status and the report show the rest.",
  },
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    remedy: "Compare the request with docs/reference/lab.md.",
  },
} as const satisfies ErrorTable;

export type LabErrorCode = keyof typeof labErrors;

/** The one error class of the lab. */
export class LabError extends CodedError<LabErrorCode> {
  override readonly name = "LabError";

  /** What the reader should do. */
  get remedy(): string {
    return labErrors[this.code].remedy;
  }
}
