import type { PromiseAnswer, PromiseQuestion } from "@careline/continuity-core";
import { ContinuityError } from "../errors.ts";
import type { PeerClient } from "../http/index.ts";
import { promiseAnswerSchema } from "./command-schema.ts";

/** Asks the other region's keeper, on a connection that carries nothing else. Errors: PEER_UNREACHABLE. */
export async function askPromise(
  peer: PeerClient,
  question: PromiseQuestion,
  withinMs: number,
  signal: AbortSignal,
): Promise<PromiseAnswer> {
  const answer = promiseAnswerSchema.safeParse(
    await peer.request("POST", "/v1/promise", question, withinMs, signal),
  );
  if (!answer.success) throw new ContinuityError("PEER_UNREACHABLE", "not an answer to a promise");
  return answer.data as PromiseAnswer;
}
