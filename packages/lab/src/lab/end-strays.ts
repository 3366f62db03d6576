import type { Clock } from "@careline/platform";
import type { Layout } from "../layout/index.ts";
import { processesIn, signalTo } from "../supervisor/index.ts";

const politeForMs = 4000;
const lookEachMs = 50;

/**
 * Ends whatever still works in the lab's state folder without a supervisor; answers how many there
 * were. SIGTERM first, to let PostgreSQL close; SIGKILL for what is frozen or does not listen.
 */
export async function endStrays(layout: Layout, clock: Clock): Promise<number> {
  const found = strays(layout);
  for (const pid of found) {
    signalTo(pid, "SIGCONT");
    signalTo(pid, "SIGTERM");
  }
  const deadlineMs = clock.monotonicMs() + politeForMs;
  while (strays(layout).length > 0 && clock.monotonicMs() < deadlineMs) {
    await clock.sleep(lookEachMs);
  }
  while (strays(layout).length > 0) {
    for (const pid of strays(layout)) signalTo(pid, "SIGKILL");
    await clock.sleep(lookEachMs);
  }
  return found.length;
}

function strays(layout: Layout): readonly number[] {
  return processesIn(layout.stateDir)
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid);
}
