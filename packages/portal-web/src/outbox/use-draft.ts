import { useCallback, useEffect, useRef, useState } from "react";
import { browserClock } from "../clock/index.ts";
import { useWorkspace } from "./current-workspace.ts";

/** How long typing may rest in memory before it lies sealed on the disk. A crash loses at most this much. */
const saveAfterMs = 300;

export interface Draft<Content> {
  readonly content: Content;
  /** False until what was saved before has been read; typing before that would be overwritten. */
  readonly isReady: boolean;
  /** Whether something saved was found. */
  readonly wasRestored: boolean;
  readonly savedAt: Date | null;
  readonly change: (content: Content) => void;
  /** Forgets the draft: it has become a record. */
  readonly clear: () => void;
}

interface State<Content> {
  readonly name: string;
  readonly content: Content;
  readonly wasRestored: boolean;
}

/**
 * Unfinished text that survives lock, crash and reload, sealed for the signed-in person. `name` tells what it
 * belongs to; `empty` must be the same object at each render; `accepts` guards against a layout of an older version.
 */
export function useDraft<Content>(
  name: string,
  empty: Content,
  accepts: (stored: unknown) => stored is Content,
): Draft<Content> {
  const drafts = useWorkspace()?.drafts ?? null;
  const [state, setState] = useState<State<Content> | null>(null);
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const pending = useRef<(() => void) | null>(null);
  const isReady = state?.name === name;

  useEffect(() => {
    if (drafts === null) return;
    let isCurrent = true;
    setSavedAt(null);
    const reading = drafts.read(name).catch(() => null);
    void reading.then((stored) => {
      if (!isCurrent) return;
      const isRestored = stored !== null && accepts(stored);
      setState({ name, content: isRestored ? stored : empty, wasRestored: isRestored });
    });
    return () => {
      isCurrent = false;
      pending.current?.();
    };
  }, [drafts, name, empty, accepts]);

  const change = useCallback(
    (content: Content) => {
      setState({ name, content, wasRestored: false });
      if (drafts === null) return;
      cancelPending(pending);
      const save = (): void => {
        cancel();
        pending.current = null;
        drafts
          .save(name, content)
          .then(() => setSavedAt(browserClock.wallNow()))
          .catch(() => setSavedAt(null));
      };
      const cancel = browserClock.after(saveAfterMs, save);
      pending.current = save;
      cancels.set(save, cancel);
    },
    [drafts, name],
  );

  const clear = useCallback(() => {
    cancelPending(pending);
    setState({ name, content: empty, wasRestored: false });
    setSavedAt(null);
    drafts?.remove(name).catch(() => {});
  }, [drafts, name, empty]);

  useEffect(() => {
    const flush = (): void => pending.current?.();
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", flush);
    };
  }, []);

  return {
    content: isReady ? state.content : empty,
    isReady,
    wasRestored: isReady && state.wasRestored,
    savedAt,
    change,
    clear,
  };
}

const cancels = new WeakMap<() => void, () => void>();

/** Drops a save that has not begun: newer content takes its place. */
function cancelPending(pending: { current: (() => void) | null }): void {
  if (pending.current === null) return;
  cancels.get(pending.current)?.();
  pending.current = null;
}
