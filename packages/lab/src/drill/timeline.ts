import type { Acknowledgement } from "../ledger/index.ts";

export const timelineStepMs = 100;

/** Acknowledgements through the front door per 100 ms and site, between two instants. */
export function timelineOf(
  acknowledgements: readonly Acknowledgement[],
  fromMs: number,
  untilMs: number,
): { site: string; counts: number[] }[] {
  const steps = Math.max(1, Math.ceil((untilMs - fromMs) / timelineStepMs));
  const bySite = new Map<string, number[]>();
  for (const { via, site, receivedAtMs } of acknowledgements) {
    const step = Math.floor((receivedAtMs - fromMs) / timelineStepMs);
    if (via !== "front-door" || step < 0 || step >= steps) continue;
    const counts = bySite.get(site) ?? Array.from({ length: steps }, () => 0);
    counts[step] = (counts[step] ?? 0) + 1;
    bySite.set(site, counts);
  }
  return [...bySite]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([site, counts]) => ({ site, counts }));
}
