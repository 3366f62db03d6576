import type { CommandId } from "./commands.ts";

type Run = () => void;

const running = new Map<CommandId, Run[]>();
const listeners = new Set<() => void>();
let snapshot: ReadonlySet<CommandId> = new Set();

function changed(): void {
  snapshot = new Set(running.keys());
  for (const listener of listeners) listener();
}

/** Makes `id` available until the returned function is called; the newest registration of an id counts. */
export function registerCommand(id: CommandId, run: Run): () => void {
  running.set(id, [...(running.get(id) ?? []), run]);
  changed();
  return () => {
    const left = (running.get(id) ?? []).filter((each) => each !== run);
    if (left.length === 0) running.delete(id);
    else running.set(id, left);
    changed();
  };
}

/** Runs the command; false when nothing on the screen offers it right now. */
export function runCommand(id: CommandId): boolean {
  const run = running.get(id)?.at(-1);
  run?.();
  return run !== undefined;
}

export function availableCommands(): ReadonlySet<CommandId> {
  return snapshot;
}

export function subscribeToCommands(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
