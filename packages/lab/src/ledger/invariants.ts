import type { Acknowledgement } from "./acknowledgement.ts";

/** A rule that what clients saw shows to be broken. */
export interface Violation {
  /** Short name for scripts. */
  readonly rule:
    | "two-regions-acknowledged"
    | "term-with-two-primaries"
    | "term-went-back"
    | "acknowledged-write-lost"
    | "agent-signed-out"
    | "client-never-recovered"
    | "not-protected-again"
    | "unexpected-primary"
    | "not-one-writable"
    | "expectation-not-met";
  /** One sentence with ids and numbers. */
  readonly what: string;
}

/**
 * Whether two regions acknowledged at the same time, seen through the front door. A decision to acknowledge lies
 * between the request's first byte and the answer's last. If a request of an older term was *sent* after an answer of a
 * newer term had *arrived*, then the older region decided after the newer one: no choice of instants explains it otherwise.
 */
export function overlappingTerms(acknowledgements: readonly Acknowledgement[]): Violation[] {
  const throughDoor = acknowledgements.filter((entry) => entry.via === "front-door");
  const byTerm = Map.groupBy(throughDoor, (entry) => entry.term);
  const terms = [...byTerm.keys()].toSorted((a, b) => a - b);
  const found: Violation[] = [];
  for (const older of terms) {
    const newer = throughDoor.filter((entry) => entry.term > older);
    if (newer.length === 0) break;
    const lastSent = latest(byTerm.get(older) ?? [], (entry) => entry.sentAtMs);
    const firstReceived = -latest(newer, (entry) => -entry.receivedAtMs);
    if (lastSent > firstReceived) {
      const byMs = Math.round(lastSent - firstReceived);
      found.push({
        rule: "two-regions-acknowledged",
        what: `term ${older} acknowledged a request sent ${byMs} ms after a newer term had acknowledged one`,
      });
    }
  }
  return found;
}

/** Each term belongs to one site, whoever was asked. */
export function termsWithTwoPrimaries(acknowledgements: readonly Acknowledgement[]): Violation[] {
  const byTerm = Map.groupBy(acknowledgements, (entry) => entry.term);
  return [...byTerm].flatMap(([term, entries]) => {
    const sites = [...new Set(entries.map((entry) => entry.site))];
    if (sites.length < 2) return [];
    const what = `term ${term} was acknowledged by ${sites.join(" and ")}`;
    return [{ rule: "term-with-two-primaries", what } as const];
  });
}

/** For each client by itself: a request sent after an answer never gets an older term than that answer. */
export function termsGoingBack(acknowledgements: readonly Acknowledgement[]): Violation[] {
  const byClient = Map.groupBy(acknowledgements, (entry) => `${entry.client} via ${entry.via}`);
  return [...byClient].flatMap(([client, entries]) => {
    const bySent = entries.toSorted((a, b) => a.sentAtMs - b.sentAtMs);
    const byReceived = entries.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs);
    let seen = 0;
    let next = 0;
    for (const entry of bySent) {
      for (;;) {
        const earlier = byReceived[next];
        if (earlier === undefined || earlier.receivedAtMs > entry.sentAtMs) break;
        seen = Math.max(seen, earlier.term);
        next += 1;
      }
      if (entry.term < seen) {
        const what = `${client} was answered by term ${entry.term} after term ${seen}`;
        return [{ rule: "term-went-back", what } as const];
      }
    }
    return [];
  });
}

function latest(
  entries: readonly Acknowledgement[],
  of: (entry: Acknowledgement) => number,
): number {
  return entries.reduce((most, entry) => Math.max(most, of(entry)), Number.NEGATIVE_INFINITY);
}
