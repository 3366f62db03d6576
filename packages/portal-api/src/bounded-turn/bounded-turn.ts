import type { Clock } from "@careline/platform";

/**
 * Runs one turn of a loop for at most `ms`: its signal aborts then, and the loop goes on even if the turn never settles, e.g.
 * because it waits on a connection whose other end vanished. What a given-up turn leaves behind is rolled back or, past its COMMIT, kept;
 * so a turn decides from the rows as they are, every time. Errors: the turn's, or DEADLINE_EXCEEDED.
 */
export async function boundedTurn(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  turn: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = AbortSignal.any([signal, clock.deadline(ms)]);
  const { promise: isOver, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(limit.reason);
  limit.addEventListener("abort", giveUp, { once: true });
  const running = turn(limit);
  // Given up or not, what it says later is nobody's business any more.
  running.catch(() => undefined);
  try {
    await Promise.race([running, isOver]);
  } finally {
    limit.removeEventListener("abort", giveUp);
  }
}
