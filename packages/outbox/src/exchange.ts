import type { Entry } from "./entries.ts";
import type { WriteAnswer } from "./item.ts";
import { problemCode } from "./policy.ts";
import type { TransportAnswer, TransportRequest } from "./ports.ts";
import { formatPosition, type Position } from "./position.ts";

/** The request of one write. `after`: the newest unconfirmed write of its record. */
export function requestOf(entry: Entry, after: Position | null): TransportRequest {
  const write = entry.content?.write;
  if (write === undefined) throw new Error(`write ${entry.stored.id} cannot be read`);
  const headers: Record<string, string> = {
    "idempotency-key": entry.stored.key,
    "careline-occurred-at": entry.stored.createdAt,
  };
  // What goes out again by itself must not postpone the lock of a desk that nobody sits at.
  if (entry.stored.replays > 0 || entry.attempts > 1) headers["careline-activity"] = "background";
  if (write.ifMatch !== undefined) headers["if-match"] = write.ifMatch;
  if (after !== null) headers["careline-after"] = formatPosition(after);
  return { method: write.method, path: write.path, headers, body: write.body };
}

/** What is kept of an answer; `position` if it acknowledged. */
export function answerOf(answer: TransportAnswer, position: string | null): WriteAnswer {
  return {
    status: answer.status,
    etag: answer.header("etag"),
    body: answer.body,
    durability: answer.header("careline-durability"),
    position,
    code: position === null ? problemCode(answer.body) : null,
  };
}

/** A refusal that no server made. */
export function bare(status: number, code: string): WriteAnswer {
  return { status, etag: null, body: null, durability: null, position: null, code };
}
