import type { ErrorTable } from "@careline/platform";

/** Codes that never leave the process: a client sees INTERNAL, the log sees these. */
export const internalCodes = {
  MIGRATION_NAME_INVALID: { status: 500, retryable: false, remedy: "Name the file NNNN-name.sql." },
  MIGRATION_NUMBER_TWICE: {
    status: 500,
    retryable: false,
    remedy: "Give the newer migration the next number.",
  },
  MIGRATION_HEADER_MISSING: {
    status: 500,
    retryable: false,
    remedy: "Say in line 1 whether it breaks running code.",
  },
  MIGRATION_CHANGED: {
    status: 500,
    retryable: false,
    remedy: "Put the applied file back and write a new migration.",
  },
  MIGRATION_OUT_OF_ORDER: {
    status: 500,
    retryable: false,
    remedy: "Give the migration a number above those applied.",
  },
  MIGRATION_ON_STANDBY: { status: 500, retryable: true, remedy: "Migrate the primary." },
  KEYS_INVALID: {
    status: 500,
    retryable: false,
    remedy: "Give the keys file 32-byte keys and a current one.",
  },
  FIELD_UNREADABLE: {
    status: 500,
    retryable: false,
    remedy: "Check that the key with this id is in the keys file.",
  },
  ROUTE_UNSERVED: {
    status: 500,
    retryable: false,
    remedy: "Register exactly one handler per route.",
  },
  SPOOL_UNREADABLE: {
    status: 500,
    retryable: false,
    remedy: "Keep the damaged spool file as evidence and start a new one.",
  },
  CLIENT_LEFT: { status: 499, retryable: true, remedy: "Nobody waits for this answer." },
  CONNECTION_LOST: {
    status: 503,
    retryable: true,
    remedy: "The database broke the connection; try again.",
  },
} as const satisfies ErrorTable;

export type InternalCode = keyof typeof internalCodes;
