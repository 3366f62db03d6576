import { useRef } from "react";
import { browserClock } from "../clock/index.ts";
import { useOutbox } from "./current-workspace.ts";

/** When this page last saw that everything written here is in both regions. Null before the first such moment. */
export function useConfirmedAt(): Date | null {
  const { waiting, unconfirmed, confirmedUntil } = useOutbox();
  const seen = useRef<{ readonly position: string; readonly at: Date } | null>(null);
  const isAllConfirmed = waiting + unconfirmed === 0 && confirmedUntil !== null;
  if (isAllConfirmed && seen.current?.position !== confirmedUntil) {
    seen.current = { position: confirmedUntil, at: browserClock.wallNow() };
  }
  return seen.current?.at ?? null;
}
