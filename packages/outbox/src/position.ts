import { OutboxError } from "./errors.ts";

/** A place in the history of writes: the term, and the log position within that term. */
export interface Position {
  readonly term: number;
  /** PostgreSQL's `X/Y` as one number: X × 2³² + Y, both hexadecimal. */
  readonly lsn: bigint;
}

/** Where a term began: a write of an earlier term survived only if it lies at or below this. */
export interface TermStart {
  readonly term: number;
  readonly lsn: bigint;
}

/** `0/16B3748` as a number. Comparing the text would order `0/9` after `0/10`. Error: POSITION_INVALID. */
export function parseLsn(text: string): bigint {
  const match = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i.exec(text);
  if (match === null) throw new OutboxError("POSITION_INVALID", "a log position is not X/Y");
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** `<term>/<lsn>` as in `Careline-Position` and `Careline-Confirmed`. Error: POSITION_INVALID. */
export function parsePosition(text: string): Position {
  const match = /^(\d{1,15})\/(.+)$/.exec(text);
  if (match === null) throw new OutboxError("POSITION_INVALID", "a position is not <term>/<lsn>");
  return { term: Number(match[1]), lsn: parseLsn(match[2] ?? "") };
}

/** Like `parsePosition`, null for a header that is absent or unreadable: it then confirms nothing. */
export function readPosition(text: string | null | undefined): Position | null {
  if (text === null || text === undefined) return null;
  try {
    return parsePosition(text);
  } catch {
    return null;
  }
}

export function formatPosition(position: Position): string {
  const high = (position.lsn >> 32n).toString(16).toUpperCase();
  const low = (position.lsn & 0xffffffffn).toString(16).toUpperCase();
  return `${position.term}/${high}/${low}`;
}

/** True when the standby has flushed `position`. Positions of two terms are never compared. */
export function isConfirmed(position: Position, confirmed: Position): boolean {
  return confirmed.term === position.term && confirmed.lsn >= position.lsn;
}

/**
 * What the list of terms says about an acknowledged write.
 * `survived`: it lies at or below the start of every later term, so each promotion took it along.
 * `lost`: it lies above one of them, or its own term left no trace; it must be sent again.
 * `undecided`: the list knows no later term (it may also be old); only a confirmation can tell.
 */
export function judgeByTerms(
  position: Position,
  terms: readonly TermStart[],
): "survived" | "lost" | "undecided" {
  const later = terms.filter((start) => start.term > position.term);
  if (later.length === 0) return "undecided";
  if (!terms.some((start) => start.term === position.term)) return "lost";
  return later.every((start) => position.lsn <= start.lsn) ? "survived" : "lost";
}

/** Reads `{ "terms": [{ "term": 3, "startLsn": "0/3000148" }] }`. Throws when it is anything else. */
export function parseTerms(body: unknown): TermStart[] {
  const terms = (body as { terms?: unknown } | null)?.terms;
  if (!Array.isArray(terms)) throw new Error("/terms did not answer a list");
  return terms.map((start: { term?: unknown; startLsn?: unknown }) => {
    if (typeof start.term !== "number" || typeof start.startLsn !== "string") {
      throw new Error("/terms answered an unreadable term");
    }
    return { term: start.term, lsn: parseLsn(start.startLsn) };
  });
}
