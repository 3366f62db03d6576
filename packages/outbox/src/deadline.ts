import type { OutboxClock } from "./clock.ts";

/** Thrown by `withDeadline` when `ms` pass first. */
export class NoAnswerInTimeError extends Error {
  override readonly name = "NoAnswerInTimeError";
}

/** Runs `task`; rejects when it takes longer than `ms` or when `signal` aborts, even if the task ignores its signal. */
export async function withDeadline<Result>(
  clock: OutboxClock,
  ms: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timer = new AbortController();
  const late = new AbortController();
  const expired = clock.sleep(ms, AbortSignal.any([signal, timer.signal])).then(
    () => {
      const error = new NoAnswerInTimeError(`no answer within ${ms} ms`);
      late.abort(error);
      throw error;
    },
    (thrown: unknown) => {
      if (signal.aborted) throw thrown;
      return new Promise<never>(() => {});
    },
  );
  try {
    return await Promise.race([task(AbortSignal.any([signal, late.signal])), expired]);
  } finally {
    timer.abort();
  }
}
