import { readFileSync } from "node:fs";
import { type Clock, describeError, type Logger } from "@careline/platform";
import { tellHaproxy } from "./admin-socket.ts";
import type { DoorGuardConfig } from "./door-guard-config.ts";
import { RegionLook } from "./region-look.ts";
import { type Sighting, type Verdict, verdictOf } from "./verdict.ts";

/** Between two looks at one region. */
const lookEachMs = 100;
/** How soon a verdict is passed on without a new sighting, and how often it is repeated: HAProxy's own checks may have changed it. */
const reviewEachMs = 250;
const repeatEachMs = 1_000;
const commandLimitMs = 1_000;

export interface DoorGuardDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Verdicts that were passed on, by region and verdict. */
  readonly onVerdict?: (region: string, verdict: Verdict) => void;
}

interface Watched {
  readonly name: string;
  readonly look: RegionLook;
  sighting: Sighting | null;
  verdict: Verdict;
  toldAtMs: number;
}

/**
 * Tells HAProxy at once which region holds the permit, and which does not any more. HAProxy's own checks are patient with a busy
 * region (front-door-config.ts) and stay in force: what the guard does not know, or while it does not run, they decide.
 */
export class DoorGuard {
  readonly #config: DoorGuardConfig;
  readonly #deps: DoorGuardDeps;
  readonly #watched: readonly Watched[];
  /** Commands go out one after another, so that the newest verdict is the last one told. */
  #telling: Promise<void> = Promise.resolve();

  constructor(config: DoorGuardConfig, deps: DoorGuardDeps) {
    this.#config = config;
    this.#deps = deps;
    const authority = readFileSync(config.authorityFile);
    this.#watched = config.regions.map(({ name, url }) => ({
      name,
      look: new RegionLook(url, authority, deps.clock),
      sighting: null,
      verdict: "open",
      toldAtMs: Number.NEGATIVE_INFINITY,
    }));
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stopReviewing = this.#deps.clock.every(reviewEachMs, () => this.#review());
    try {
      await Promise.all(this.#watched.map((region) => this.#watch(region, signal)));
    } finally {
      stopReviewing();
      await this.#telling;
      await Promise.all(this.#watched.map(({ look }) => look.close()));
    }
  }

  async #watch(region: Watched, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const askedAtMs = clock.monotonicMs();
      try {
        const said = await region.look.ask(signal);
        if (said !== null) region.sighting = { said, askedAtMs };
        this.#review();
        await clock.sleep(lookEachMs, signal);
      } catch {
        // Stopping: nothing else is thrown.
      }
    }
  }

  #review(): void {
    const { clock, log, onVerdict } = this.#deps;
    const nowMs = clock.monotonicMs();
    const due: Watched[] = [];
    for (const region of this.#watched) {
      const other = this.#watched.find((each) => each !== region);
      const verdict = verdictOf(region.sighting, other?.sighting ?? null, nowMs);
      const isNew = verdict !== region.verdict;
      if (isNew) {
        log.info({ region: region.name, verdict, said: region.sighting?.said }, "verdict");
        onVerdict?.(region.name, verdict);
      }
      region.verdict = verdict;
      if (verdict === "open" || (!isNew && nowMs - region.toldAtMs < repeatEachMs)) continue;
      region.toldAtMs = nowMs;
      due.push(region);
    }
    if (due.length > 0) this.#tell(due);
  }

  /** Up before down, so that nobody finds the pool empty in between. */
  #tell(regions: readonly Watched[]): void {
    const { adminSocket, pool } = this.#config;
    const { clock, log } = this.#deps;
    const line = regions
      .toSorted((a, b) => Number(a.verdict === "down") - Number(b.verdict === "down"))
      .map(({ name, verdict }) => `set server ${pool}/${name} health ${verdict}`)
      .join("; ");
    this.#telling = this.#telling.then(async () => {
      try {
        const answer = await tellHaproxy(adminSocket, line, clock.deadline(commandLimitMs));
        if (answer !== "") log.warn({ line, answer }, "the front door did not take it");
      } catch (thrown) {
        // Its own checks go on; the verdict is repeated within a second.
        log.warn({ line, error: describeError(thrown) }, "the front door does not listen");
      }
    });
  }
}
