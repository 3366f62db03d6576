import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/**
 * Gives a process its place in the queue for the processor: what keeps a region alive must not
 * wait behind what it serves. Without root nothing below 0 is allowed and the process stays at 0.
 * Under autogroup scheduling a session's own value counts, and `nice` inside it only.
 */
export function setNice(pid: number, nice: number): void {
  if (nice === 0 || (nice < 0 && process.getuid?.() !== 0)) return;
  setPriority(pid, nice);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(nice));
  } catch {
    // This kernel schedules without autogroups, or the process ended already.
  }
}
