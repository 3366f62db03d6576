import type { TransportAnswer } from "./ports.ts";
import { type Position, parseTerms, readPosition, type TermStart } from "./position.ts";

/** Limits and paces of the outbox. Defaults suit both a person's browser and a simulated agent. */
export interface OutboxPolicy {
  /** Most waiting writes of one user. More are refused with OUTBOX_FULL. */
  readonly itemsMax: number;
  /** Most writes sent at once, each for another record. */
  readonly sendsAtOnceMax: number;
  /** After this an attempt counts as unanswered, and is repeated with the same key. */
  readonly attemptMs: number;
  /** So long an attempt lasts at most when the ones before it went unanswered: see `Patience`. */
  readonly attemptMostMs: number;
  /** Shortest wait before a repeat. */
  readonly backOffFirstMs: number;
  /** Longest wait before a repeat. */
  readonly backOffMostMs: number;
  /** How long an acknowledged write waits for a confirmation in passing before the outbox asks. */
  readonly confirmAfterMs: number;
  /** Longest pause between two such questions while there is no standby. */
  readonly confirmMostMs: number;
  /**
   * A write older than this is shown instead of repeated: servers keep keys for 14 days, and a repeat
   * after that would be a second write.
   */
  readonly keyKeptMs: number;
}

const DAY_MS = 86_400_000;

export const defaultOutboxPolicy: OutboxPolicy = {
  itemsMax: 2_000,
  sendsAtOnceMax: 4,
  attemptMs: 4_000,
  attemptMostMs: 12_000,
  backOffFirstMs: 100,
  backOffMostMs: 10_000,
  confirmAfterMs: 1_000,
  confirmMostMs: 15_000,
  keyKeptMs: 13 * DAY_MS,
};

/**
 * Wait before the next attempt: a tenth of the interruption so far, so that the wait costs at most
 * about a tenth on top of any outage, with ±25 % jitter so that clients do not come back in step.
 */
export function backOffMs(
  policy: OutboxPolicy,
  interruptedForMs: number,
  randomUnit: number,
): number {
  const base = Math.max(
    policy.backOffFirstMs,
    Math.min(policy.backOffMostMs, interruptedForMs / 10),
  );
  return base * (0.75 + randomUnit / 2);
}

/** Wait before one write is repeated while the others go on: doubles from the first wait to the longest. */
export function ownBackOffMs(policy: OutboxPolicy, attempts: number, randomUnit: number): number {
  const base = policy.backOffFirstMs * 2 ** Math.min(attempts - 1, 16);
  return Math.min(policy.backOffMostMs, base) * (0.75 + randomUnit / 2);
}

/** What an answer means for the write that got it. */
export type AnswerMeaning =
  | { readonly kind: "acknowledged"; readonly position: string }
  /** Repeat with the same key. `afterMs` where the server's wish must be honoured. */
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly wholeLink: boolean }
  /** An earlier write of the record may be lost: the list of terms decides, `terms` if the answer brought it. */
  | { readonly kind: "term-changed"; readonly terms: readonly TermStart[] | null }
  /** Sign-in or unlock is needed; nothing is wrong with the write. */
  | { readonly kind: "paused" }
  | { readonly kind: "conflict" };

/** Refusals of this one write: the way to the region is fine, so other records go on. */
const ONLY_THIS_WRITE = new Set([
  "IDEMPOTENCY_IN_FLIGHT",
  "CARRIER_UNAVAILABLE",
  "IDENTITY_PROVIDER_UNAVAILABLE",
  "UNPROTECTED_REFUSED",
  "INTERNAL",
]);

/**
 * Reads an answer. A 2xx without a position is not an acknowledgement: something other than the
 * portal answered (a captive network's page, a proxy), so the write is repeated.
 */
export function readAnswer(answer: TransportAnswer): AnswerMeaning {
  const { status } = answer;
  const code = problemCode(answer.body) ?? "";
  if (status >= 200 && status < 300) {
    const position = answer.header("careline-position");
    if (position !== null && readPosition(position) !== null) {
      return { kind: "acknowledged", position };
    }
    return { kind: "retry", afterMs: null, wholeLink: true };
  }
  if (status === 409 && code === "TERM_CHANGED") {
    return { kind: "term-changed", terms: termsOf(answer.body) };
  }
  if (ONLY_THIS_WRITE.has(code)) return { kind: "retry", afterMs: null, wholeLink: false };
  if (status === 401 || status === 423) return { kind: "paused" };
  if (status === 429) {
    return { kind: "retry", afterMs: retryAfterMs(answer) ?? 1_000, wholeLink: true };
  }
  // Retry-After of a 503 counts whole seconds and a failover takes two or three: waiting it out would
  // be most of the outage. The back-off above is the limit for these.
  if (status >= 500 || status === 408 || status === 425) {
    return { kind: "retry", afterMs: null, wholeLink: true };
  }
  return { kind: "conflict" };
}

/** The stable `code` of a problem document, null when there is none. */
export function problemCode(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("code" in body)) return null;
  return typeof body.code === "string" ? body.code : null;
}

/** The list of terms that a problem document may bring; null when it has none, or none that can be read. */
function termsOf(body: unknown): readonly TermStart[] | null {
  try {
    return parseTerms(body);
  } catch {
    return null;
  }
}

/** The newest place in history that an answer shows, from its position or its confirmation. */
export function newestTermIn(answer: TransportAnswer): number | null {
  const seen: (Position | null)[] = [
    readPosition(answer.header("careline-position")),
    readPosition(answer.header("careline-confirmed")),
  ];
  const terms = seen.flatMap((position) => (position === null ? [] : [position.term]));
  return terms.length === 0 ? null : Math.max(...terms);
}

function retryAfterMs(answer: TransportAnswer): number | null {
  const seconds = Number(answer.header("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1_000 : null;
}
