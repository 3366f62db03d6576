import type { Acknowledgement } from "./acknowledgement.ts";

/** One client's longest wait between two successes around a fault. Monotonic milliseconds. */
export interface ClientOutage {
  readonly client: string;
  readonly lastBeforeMs: number;
  /** Null: the client had no success after the fault. */
  readonly firstAfterMs: number | null;
  /** From the last success before to the first after; up to the end of the window when there was none. */
  readonly outageMs: number;
}

/**
 * Each client's outage: its longest interval between two successive acknowledged writes that ends between the fault and the
 * end of the window, which is when every client had been served again. For a killed region this is the interval from the last
 * success before the fault to the first one after it; answers that were already on their way when the
 * fault struck do not shorten it, and a planned switchover, whose pause begins later, is measured alike.
 */
export function clientOutages(
  acknowledgements: readonly Acknowledgement[],
  faultAtMs: number,
  untilMs: number,
): ClientOutage[] {
  const byClient = Map.groupBy(acknowledgements, (entry) => entry.client);
  return [...byClient].map(([client, entries]) => {
    const times = entries.map((entry) => entry.receivedAtMs).toSorted((a, b) => a - b);
    return outageOf(client, times, faultAtMs, untilMs);
  });
}

function outageOf(
  client: string,
  times: readonly number[],
  faultAtMs: number,
  untilMs: number,
): ClientOutage {
  let worst: ClientOutage | null = null;
  for (const [at, time] of times.entries()) {
    const next = times[at + 1] ?? null;
    if (time >= untilMs || (next !== null && next <= faultAtMs)) continue;
    // A pause that begins when this client was served again belongs to what came later.
    if (next !== null && next > untilMs && time > faultAtMs) continue;
    // The tail after the last success counts only up to the window's end.
    const isTail = next === null;
    if (isTail && time > faultAtMs) continue;
    const outageMs = (next ?? untilMs) - time;
    if (worst === null || outageMs > worst.outageMs) {
      worst = { client, lastBeforeMs: time, firstAfterMs: next, outageMs };
    }
  }
  return worst ?? { client, lastBeforeMs: faultAtMs, firstAfterMs: times[0] ?? null, outageMs: 0 };
}

/** The run's figure: the worst client's. Null without clients. */
export function worstOutage(outages: readonly ClientOutage[]): ClientOutage | null {
  return outages.reduce<ClientOutage | null>(
    (worst, next) => (worst === null || next.outageMs > worst.outageMs ? next : worst),
    null,
  );
}
