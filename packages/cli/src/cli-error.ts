import { CodedError, type ErrorTable } from "@careline/platform";
import type { ExitName } from "./exit-codes.ts";

/** Every way in which the command line itself fails; each with its exit code. */
export const cliErrors = {
  NEVER_STARTED: {
    status: 404,
    retryable: false,
    remedy: "Start the lab first: ./careline up",
    exit: "notRunning",
  },
  NOT_RUNNING: {
    status: 503,
    retryable: true,
    remedy: "Start it with ./careline up, or look with ./careline status.",
    exit: "notRunning",
  },
  NO_CONTROLLER: {
    status: 503,
    retryable: true,
    remedy:
      "./careline status shows which sites answer; ./careline logs controller.east shows why.",
    exit: "notRunning",
  },
  REFUSED: {
    status: 409,
    retryable: true,
    remedy: "Read the reason; ./careline status shows the state that it is about.",
    exit: "refused",
  },
  NOT_CONFIRMED: {
    status: 409,
    retryable: false,
    remedy: "Repeat and answer yes, or add --yes after reading the expected loss.",
    exit: "refused",
  },
  RUN_FAILED: {
    status: 500,
    retryable: true,
    remedy: "./careline runs show <id> lists the steps and what stopped them.",
    exit: "failed",
  },
  BAD_ARGUMENT: {
    status: 400,
    retryable: false,
    remedy: "./careline <command> --help shows what it takes.",
    exit: "usage",
  },
  NO_LOG: {
    status: 404,
    retryable: false,
    remedy: "./careline status --processes lists them by name.",
    exit: "usage",
  },
  TESTS_FAILED: {
    status: 500,
    retryable: false,
    remedy: "The stage's own output is above; its log file is named in the summary.",
    exit: "testsFailed",
  },
  TRUST_FAILED: {
    status: 500,
    retryable: true,
    remedy: "Install libnss3-tools (certutil), or import the certificate by hand as shown.",
    exit: "failed",
  },
  UNEXPECTED_ANSWER: {
    status: 502,
    retryable: false,
    remedy: "The other side speaks another version; restart the lab from this clone.",
    exit: "failed",
  },
  UP_INCOMPLETE: {
    status: 504,
    retryable: true,
    remedy: "./careline logs <process> shows why; ./careline down stops what did start.",
    exit: "failed",
  },
} as const satisfies ErrorTable & Readonly<Record<string, { readonly exit: ExitName }>>;

export type CliErrorCode = keyof typeof cliErrors;

/** The one error class of the command line. */
export class CliError extends CodedError<CliErrorCode> {
  override readonly name = "CliError";
}
