import type { KnownOfCall } from "./report-draft.ts";

/** What this browser keeps, sealed, of the call in hand. */
export interface RememberedCall {
  readonly callId: string;
  readonly callStartTime: string;
  readonly patientName: string | null;
  readonly known: KnownOfCall;
}

/** Name of the draft that holds it. */
export const callInHandDraft = "call-in-hand";

export function isRememberedCall(stored: unknown): stored is RememberedCall {
  return typeof stored === "object" && stored !== null && "callId" in stored && "known" in stored;
}
