import { useEffect, useRef } from "react";
import type { Draft } from "../outbox/index.ts";
import type { NoteDraft } from "./note-draft.ts";
import type { Notes } from "./notes.ts";

/**
 * Takes over the draft that the service has, once, where this computer has none: begun on another computer, or
 * before this browser's storage was cleared. Later a sent note would come back as its own draft.
 */
export function useRestoredDraft(draft: Draft<NoteDraft>, serverDraft: Notes["draft"]): void {
  const isDecided = useRef(false);
  const { change, content, isReady } = draft;
  useEffect(() => {
    if (!isReady || isDecided.current) return;
    if (content.revision > 0) isDecided.current = true;
    if (isDecided.current || serverDraft === null) return;
    isDecided.current = true;
    if (serverDraft.noteText === "") return;
    const { noteType, noteText, revision } = serverDraft;
    change({ noteType, noteText, revision: revision + 1 });
  }, [change, content.revision, isReady, serverDraft]);
}
