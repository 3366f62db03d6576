import type { ProblemDefinition } from "./basic-problems.ts";

const define = <const Table extends Record<string, ProblemDefinition>>(table: Table): Table =>
  table;
const conflict = (remedy: string) => ({ status: 409, retryable: false, remedy }) as const;
const denied = (remedy: string) => ({ status: 403, retryable: false, remedy }) as const;

/** Problem codes of the domains; spread into the one table in problems.ts. */
export const domainProblems = define({
  PRESENCE_CONFLICT: conflict("Finish or close the call first; then change your status."),
  CALL_STATE_CONFLICT: conflict("The call has moved on; look at its present state."),
  OFFER_ENDED: conflict("The offer is over; another call will be offered."),
  AGENT_BUSY: conflict("Finish the call in hand first."),
  AGENT_UNAVAILABLE: conflict("Choose a colleague who is available."),
  SCREEN_UNANSWERED: conflict("Answer the five safety questions before closing the call."),
  WRAP_UP_INCOMPLETE: conflict("Choose the reason and the wrap-up code that the queue requires."),
  QUEUE_UNKNOWN: conflict("Choose a queue of your programmes."),
  PHONE_MISSING: conflict("There is no number to dial; enter one."),
  CALLBACK_IN_PROGRESS: conflict("Somebody is being called for this task right now."),
  DO_NOT_CALL: conflict("They asked this programme not to call them; record it as not reached."),
  CALLBACK_ATTEMPTS_USED: conflict("They were tried often enough; record the outcome."),
  CALLBACK_OUTSIDE_HOURS: conflict(
    "It is not between 8 and 21 o'clock where they are; wait, or say why they may be called now.",
  ),
  PATIENT_NOT_OPEN: denied("Open the patient from a call, a task or with a reason first."),
  PATIENT_RESTRICTED: denied("This record is restricted; say why you need it."),
  IDENTITY_UNVERIFIED: denied("Verify two identifiers with the caller first."),
  AUTHORITY_MISSING: denied(
    "The caller is not the patient: record their authority before you speak about the record.",
  ),
  VERIFICATION_EXHAUSTED: denied("Too many wrong answers on this call; ask a supervisor."),
  MRN_TAKEN: conflict("A patient with this record number exists; search for it."),
  ADVERSE_EVENT_LOCKED: conflict("The report was handed over; add a follow-up instead."),
  CARRIER_UNAVAILABLE: {
    status: 503,
    retryable: true,
    remedy: "The telephone provider does not answer; try again shortly.",
  },
});
