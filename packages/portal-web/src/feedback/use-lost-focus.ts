import { type RefObject, useEffect } from "react";

/**
 * The keyboard goes on at `next` when it appears and what had the keyboard is gone from the page. Whoever types elsewhere meanwhile is
 * left in peace.
 */
export function useLostFocus(next: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (document.activeElement === document.body) next.current?.focus({ preventScroll: true });
  }, [next]);
}
