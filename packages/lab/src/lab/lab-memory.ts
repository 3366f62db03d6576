import type { Layout } from "../layout/index.ts";
import { memoryOf, processesIn } from "../supervisor/index.ts";

/** Memory of everything that works in the lab's folder, PostgreSQL included; shared pages count once. */
export function labMemoryBytes(layout: Layout): number {
  return processesIn(layout.stateDir).reduce((sum, { pid }) => sum + (memoryOf(pid) ?? 0), 0);
}
