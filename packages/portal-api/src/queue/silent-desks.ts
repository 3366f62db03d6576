/** How often is looked; desks give a sign each 10 s (`heartbeatMs` of the event streams). */
export const lookEachMs = 10_000;
/** An agent whose desk gave no sign for this long hears no call ring. Reloading a page, or a failover, takes a tenth of it. */
export const silentAfterMs = 45_000;
/** A look this late, or one that failed, says nothing about the time before it. */
const gapMs = 2 * lookEachMs;

interface Sign {
  readonly sign: string;
  /** Monotonic milliseconds at which this sign was seen first. */
  readonly sinceMs: number;
}

/**
 * Finds agents who are offered calls although no desk of theirs listens: the browser crashed, the laptop was shut, an office lost its
 * network. Judges only by what it saw itself, without a gap, on one monotonic clock: right after a takeover nobody is silent.
 */
export class SilentDesks {
  readonly #seen = new Map<string, Sign>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** `signs`: null when they could not be read. Answers who of `agentIds` has been silent too long. */
  look(
    signs: ReadonlyMap<string, string> | null,
    agentIds: readonly string[],
    nowMs: number,
  ): string[] {
    const isGap = signs === null || nowMs - this.#lookedAtMs > gapMs;
    this.#lookedAtMs = nowMs;
    if (isGap) this.#seen.clear();
    if (signs === null) return [];
    const asked = new Set(agentIds);
    for (const agentId of this.#seen.keys()) if (!asked.has(agentId)) this.#seen.delete(agentId);
    for (const agentId of agentIds) {
      const sign = signs.get(agentId) ?? "";
      if (this.#seen.get(agentId)?.sign !== sign) this.#seen.set(agentId, { sign, sinceMs: nowMs });
    }
    return agentIds.filter(
      (agentId) => nowMs - (this.#seen.get(agentId)?.sinceMs ?? nowMs) >= silentAfterMs,
    );
  }

  /** Forgets everything: another region served meanwhile. */
  forget(): void {
    this.#seen.clear();
    this.#lookedAtMs = Number.NEGATIVE_INFINITY;
  }
}
