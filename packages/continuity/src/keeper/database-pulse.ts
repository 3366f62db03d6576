import type { Clock } from "@careline/platform";

/** Milliseconds. Four questions without an answer take ten seconds: a machine with both cores busy was seen to need two for one. */
export interface PulsePace {
  readonly eachMs: number;
  readonly withinMs: number;
  readonly silencesMax: number;
}

export const defaultPulsePace: PulsePace = { eachMs: 1_000, withinMs: 1_500, silencesMax: 4 };

/**
 * Asks a running server for a sign of life until `isOver`; true when it has given none to `silencesMax` questions in a row. Questions
 * are counted and not seconds: a keeper that was stopped itself finds its server silent once at most.
 */
export async function fallsSilent(
  answers: (withinMs: number, signal: AbortSignal) => Promise<boolean>,
  isOver: () => boolean,
  pace: PulsePace,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  let silences = 0;
  while (!isOver()) {
    await clock.sleep(pace.eachMs, signal);
    if (isOver()) return false;
    silences = (await answers(pace.withinMs, signal)) ? 0 : silences + 1;
    if (silences >= pace.silencesMax) return !isOver();
  }
  return false;
}
