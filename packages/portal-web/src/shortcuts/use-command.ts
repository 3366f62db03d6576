import { useEffect, useRef } from "react";
import { registerCommand } from "./command-registry.ts";
import type { CommandId } from "./commands.ts";

/** Offers a command to keys and palette while the component is shown and `isAvailable`. */
export function useCommand(id: CommandId, run: () => void, isAvailable = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!isAvailable) return;
    return registerCommand(id, () => latest.current());
  }, [id, isAvailable]);
}
