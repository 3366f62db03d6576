import type { RouteName } from "@careline/portal-contract/routes.ts";
import { browserClock } from "../clock/index.ts";
import { ApiError } from "./api-error.ts";
import { type Received, type RequestParts, send } from "./send.ts";

/** Longest time a press of a button is repeated: a region change takes seconds, a person waits no longer. */
const insistMs = 20_000;
const firstWaitMs = 200;
const mostWaitMs = 1_500;

/**
 * Sends a command that a person waits for, and repeats it with the same key while the answer may still come
 * (region change, lost connection). For what must survive a reload use the outbox instead.
 * @throws ApiError, the last one.
 */
export async function insist<Name extends RouteName>(
  name: Name,
  parts: Omit<RequestParts<Name>, "key">,
): Promise<Received<Name>> {
  const key = crypto.randomUUID();
  const signal = browserClock.deadline(insistMs);
  let waitMs = firstWaitMs;
  for (;;) {
    try {
      return await send(name, { ...parts, key } as RequestParts<Name>, signal);
    } catch (error) {
      const mayRepeat = error instanceof ApiError && error.retryable && !signal.aborted;
      if (!mayRepeat)
        throw error instanceof ApiError
          ? error
          : new ApiError({ kind: "unreachable" }, null, error);
      const isLastTry = !(await waited(waitMs, signal));
      if (isLastTry) throw error;
      waitMs = Math.min(mostWaitMs, waitMs * 2);
    }
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await browserClock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
