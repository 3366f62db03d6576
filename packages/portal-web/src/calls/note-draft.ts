import type { NoteType } from "@careline/portal-contract/calls/index.ts";

/** A note that is being written. */
export interface NoteDraft {
  readonly noteType: NoteType;
  readonly noteText: string;
  /** Grows with each change, so that the service never puts an older text over a newer one. */
  readonly revision: number;
}

export const emptyNoteDraft: NoteDraft = { noteType: "general", noteText: "", revision: 0 };

export function isNoteDraft(stored: unknown): stored is NoteDraft {
  return (
    typeof stored === "object" && stored !== null && "noteText" in stored && "revision" in stored
  );
}
