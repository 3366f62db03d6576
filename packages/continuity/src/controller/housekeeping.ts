import { keys, writeOwned } from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import type { QuorumStore } from "../store/index.ts";
import type { ControllerLoop } from "./controller-loop.ts";
import type { ForceQuorum } from "./force-quorum.ts";
import type { QuorumObserver } from "./quorum-observer.ts";
import type { Salvage } from "./salvage.ts";
import type { TermJournal } from "./term-journal.ts";

const HOUSEKEEPING_MS = 2_000;
const RUNS_KEPT = 40;
/** Half of what one read of the store's history takes in; years of normal life. */
const TERMS_KEPT = 500;
const RETENTION_EACH_MS = 3_600_000;

export interface House {
  readonly quorum: QuorumObserver;
  readonly terms: TermJournal;
  readonly loop: ControllerLoop;
  readonly store: QuorumStore;
  readonly salvage: Salvage;
  readonly forceQuorum: ForceQuorum;
  readonly deps: {
    readonly config: ControllerConfig;
    readonly clock: Clock;
    readonly log: Logger;
  };
}

/** What is done now and then: phases noted, old runs and terms pruned, the store led from the witness, automation's end. */
export async function keepHouse(house: House, signal: AbortSignal): Promise<void> {
  const { quorum, terms, loop, deps } = house;
  const { clock, log, config } = deps;
  const channel = house.store.channel();
  let retainedAtMs = Number.NEGATIVE_INFINITY;
  let prunedInTerm = 0;
  while (!signal.aborted) {
    await clock.sleep(HOUSEKEEPING_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await house.forceQuorum.tick(signal);
      await terms.note(quorum.view, loop.snapshot?.keeper ?? null, signal);
      const isSeen = loop.snapshot?.observation.quorum.sites.witness;
      const isWitnessThere = isSeen !== undefined && isSeen.ageMs < HOUSEKEEPING_MS * 2;
      if (config.site !== "witness" && isWitnessThere) {
        const moved = await channel.handLeadershipTo("witness", signal);
        if (moved) log.info("the store is led from the witness again");
      }
      if (config.site === "witness") {
        await terms.prune(quorum.runs(), RUNS_KEPT, signal);
        const newest = quorum.view?.term.record?.term ?? 0;
        if (newest !== prunedInTerm) await terms.pruneTerms(newest, TERMS_KEPT, signal);
        prunedInTerm = newest;
      }
      await endAutomationPause(quorum, deps, signal);
      const isOn = quorum.automation?.record?.enabled ?? true;
      if (isOn && clock.monotonicMs() - retainedAtMs >= RETENTION_EACH_MS) {
        retainedAtMs = clock.monotonicMs();
        await house.salvage.retain(signal);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      log.debug({ error: describeError(thrown) }, "housekeeping failed");
    }
  }
}

/** Automation that was switched off for a time goes on again by itself. */
async function endAutomationPause(
  quorum: QuorumObserver,
  { clock, log }: House["deps"],
  signal: AbortSignal,
): Promise<void> {
  const { automation, view } = quorum;
  const record = automation?.record;
  if (!record || record.enabled || record.until === null || view === null) return;
  const now = clock.wallNow();
  if (new Date(record.until).getTime() > now.getTime()) return;
  const next = {
    enabled: true,
    by: "expiry",
    reason: `switched off by ${record.by} until ${record.until}`,
    changedAt: now.toISOString(),
    until: null,
  };
  if (await quorum.apply(writeOwned(view, keys.automation, automation, next), signal)) {
    log.warn("automation is on again: its pause ended");
  }
}
