import type { Clock } from "@careline/platform";
import type { LabStage } from "./lab-stage.ts";
import type { SystemStatus } from "./operator-client.ts";

/** Asks each `everyMs` until the answer is yes; false when `limitMs` passed first. */
export async function poll(
  clock: Clock,
  everyMs: number,
  limitMs: number,
  signal: AbortSignal,
  isTrue: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = clock.monotonicMs() + limitMs;
  for (;;) {
    if (await isTrue()) return true;
    if (clock.monotonicMs() >= end) return false;
    await clock.sleep(everyMs, signal);
  }
}

/** One region primary, the other its standby, `geo` commits wait for it, and every site is well. */
export function isWhole(status: SystemStatus): boolean {
  const { east, west, witness } = status.sites;
  const roles = [east.role, west.role].toSorted().join(" ");
  return (
    status.protected &&
    roles === "primary standby" &&
    east.healthy &&
    west.healthy &&
    witness.healthy
  );
}

/** Until all three sites say so; monotonic milliseconds of that, or null when it took longer than `limitMs`. */
export async function untilProtected(
  stage: LabStage,
  clock: Clock,
  limitMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  const isTrue = await poll(clock, 250, limitMs, signal, async () => {
    const views = await stage.operators.statuses(signal);
    return views.every((view) => view !== null && isWhole(view));
  });
  return isTrue ? clock.monotonicMs() : null;
}
