export interface AwarenessEvidence {
  /** What the agent's browser says: when it was heard. */
  readonly clientInstantMs: number;
  /** When the caller was on the line at the earliest, by the server's record of the call. */
  readonly callStartMs: number;
  /** When the report reached a server. */
  readonly receivedMs: number;
}

export interface Awareness {
  readonly instantMs: number;
  readonly isCorrected: boolean;
}

/**
 * Day 0. The client's instant counts, as nobody else was there; but it cannot lie before the call,
 * nor after the report reached us. A report replayed after an outage therefore keeps its first time.
 */
export function boundAwareness(evidence: AwarenessEvidence): Awareness {
  const latest = Math.max(evidence.callStartMs, evidence.receivedMs);
  const bounded = Math.min(Math.max(evidence.clientInstantMs, evidence.callStartMs), latest);
  return { instantMs: bounded, isCorrected: bounded !== evidence.clientInstantMs };
}

/** Calendar day `YYYY-MM-DD` of an instant in a zone; null when the zone is unknown. */
export function dayInZone(instantMs: number, zone: string): string | null {
  try {
    return new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }).format(new Date(instantMs));
  } catch {
    return null;
  }
}
