import { type Body, wordsOf } from "../api/index.ts";

type Outcome = Body<"recordCallbackOutcome">;
export type OutcomeKind = Outcome["kind"];

/** In the order in which the screens offer them. */
export const outcomeKinds: readonly OutcomeKind[] = [
  "reached",
  "try_again",
  "not_reached",
  "do_not_call",
];

export interface OutcomeDraft {
  readonly kind: OutcomeKind;
  readonly note: string;
  /** Value of a `datetime-local` field, in this computer's zone. */
  readonly at: string;
}

/** A day later at the full hour: what most people mean by "again". As the value of a `datetime-local` field. */
export function tomorrowAt(now: Date): string {
  const at = new Date(now);
  at.setDate(at.getDate() + 1);
  at.setMinutes(0, 0, 0);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:00`;
}

/** The outcome to send, or null while its time is missing or already over. */
export function outcomeOf(draft: OutcomeDraft, nowMs: number): Outcome | null {
  const { kind } = draft;
  const note = wordsOf(draft.note);
  if (kind !== "try_again") return { kind, note };
  const at = Date.parse(draft.at);
  if (Number.isNaN(at) || at <= nowMs) return null;
  return { kind, note, at: new Date(at).toISOString() };
}
