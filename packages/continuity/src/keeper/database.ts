import { existsSync } from "node:fs";
import type { DataSite, KeeperEvent } from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import {
  layoutOf,
  PostgresServer,
  PostgresSql,
  readDataId,
  type StopMode,
  standbyName,
  writeSynchronous,
  writeUpstream,
} from "../postgres/index.ts";

import { defaultPulsePace, fallsSilent, type PulsePace } from "./database-pulse.ts";

export interface KeeperDatabaseDeps {
  readonly config: PostgresConfig;
  readonly site: DataSite;
  readonly clock: Clock;
  readonly log: Logger;
  readonly emit: (event: KeeperEvent) => void;
  readonly signal: AbortSignal;
  /** How a server that runs is asked whether it still answers. */
  readonly pulse?: PulsePace;
}

/** Crash recovery of a busy primary took 0.5 s; replay of 1 GB of log takes about half a minute. */
const START_WITHIN_MS = 120_000;
/** A standby that cannot say what it has within this is not promoted by this attempt. */
const POSITION_WITHIN_MS = 2_000;
const RETRY_MS = 100;
const CHECKPOINT_WITHIN_MS = 1_500;

/**
 * What the keeper's machine asks of PostgreSQL, answered by events. A newer start, stop or promotion
 * makes the answer of an older one void: only the newest may say what the server is.
 */
export class KeeperDatabase {
  readonly #deps: KeeperDatabaseDeps;
  readonly #server: PostgresServer;
  readonly #sql: PostgresSql;
  #newest = 0;
  #isStarting = false;

  constructor(deps: KeeperDatabaseDeps) {
    this.#deps = deps;
    this.#sql = new PostgresSql(deps.config, deps.clock);
    this.#server = new PostgresServer(deps.config, deps.clock, () => {
      deps.log.warn("the database ended by itself");
      if (!this.#isStarting) deps.emit({ kind: "postgres-exited" });
    });
  }

  stop(mode: StopMode): void {
    const turn = this.#begin();
    // The system call first: what follows may wait for an event loop that is late.
    if (mode === "immediate") this.#server.strike();
    this.#run("stop", async (signal) => {
      const finalLsn = await this.#server.stop(mode, signal);
      await this.#sql.close();
      this.#answer(turn, { kind: "postgres-stopped", finalLsn });
    });
  }

  start(as: "primary" | "standby"): void {
    const turn = this.#begin();
    this.#isStarting = true;
    this.#run("start", async (signal) => {
      try {
        await (as === "standby" ? this.#startStandby(signal) : this.#startPrimary(signal));
      } catch (thrown) {
        this.#deps.log.error({ error: describeError(thrown), as }, "the database did not start");
        if (turn === this.#newest) await this.#server.stop("immediate", signal);
        this.#answer(turn, { kind: "postgres-exited" });
        return;
      }
      this.#answer(turn, { kind: "postgres-started", as });
      if (as === "primary") this.#watch(turn);
    });
  }

  /** Stops receiving, or only reports, and answers what is flushed here. */
  position(stopReceiver: boolean): void {
    this.#run("position", async (signal) => {
      try {
        if (stopReceiver) {
          writeUpstream(this.#deps.config, null);
          this.#server.reload();
          await this.#sql.awaitReceiver(false, POSITION_WITHIN_MS, signal);
        }
        const state = await this.#sql.recovery(signal);
        this.#warm(signal);
        const dataId = readDataId(this.#deps.config);
        if (!state.inRecovery || dataId === null || state.flushedLsn === null) {
          throw new ContinuityError("DATABASE_DOWN", "this is no standby with a position");
        }
        this.#deps.emit({
          kind: "standby-position",
          receiverStopped: stopReceiver,
          position: { dataId, timeline: state.timeline, flushedLsn: state.flushedLsn },
        });
      } catch (thrown) {
        this.#deps.log.error({ error: describeError(thrown) }, "no position of the standby");
        this.#deps.emit({ kind: "standby-position-failed" });
      }
    });
  }

  startReceiver(): void {
    this.#follow();
    this.#server.reload();
  }

  promote(): void {
    const turn = this.#begin();
    this.#run("promote", async (signal) => {
      try {
        const promoted = await this.#promoteNow(signal);
        this.#answer(turn, { kind: "promoted", ...promoted });
        this.#watch(turn);
      } catch (thrown) {
        this.#deps.log.error({ error: describeError(thrown) }, "promotion failed");
        if (turn === this.#newest) await this.#server.stop("immediate", signal);
        this.#answer(turn, { kind: "promotion-failed" });
      }
    });
  }

  /** Repeated until it is durable, or until a stop or start voids it. */
  recordTerm(term: number, storeId: string): void {
    const turn = this.#newest;
    this.#run("record-term", async (signal) => {
      const row = { term, storeId, site: this.#deps.site };
      for (let attempt = 1; turn === this.#newest; attempt += 1) {
        try {
          await this.#sql.recordTerm(row, signal);
          this.#answer(turn, { kind: "term-recorded", term });
          return;
        } catch (thrown) {
          this.#deps.log.warn(
            { error: describeError(thrown), attempt },
            "the term is not recorded yet",
          );
          await this.#ensureFoundation(signal);
          await this.#deps.clock.sleep(RETRY_MS, signal);
        }
      }
    });
  }

  /** At most `CHECKPOINT_WITHIN_MS`, whether it ends or not. */
  async checkpoint(): Promise<void> {
    const { clock, signal, log } = this.#deps;
    const limit = AbortSignal.any([signal, clock.deadline(CHECKPOINT_WITHIN_MS)]);
    await this.#sql.checkpoint(limit).catch((thrown: unknown) => {
      log.info({ error: describeError(thrown) }, "no checkpoint before the release");
    });
  }

  /** For the end of the process: no events any more. */
  async close(signal: AbortSignal): Promise<void> {
    this.#begin();
    await this.#server.stop("fast", signal);
    await this.#sql.close();
  }

  async #ensureFoundation(signal: AbortSignal): Promise<void> {
    try {
      if (!(await this.#sql.hasFoundation(signal))) await this.#sql.ensureFoundation(signal);
    } catch (thrown) {
      this.#deps.log.warn({ error: describeError(thrown) }, "roles and schema are not there yet");
    }
  }

  async #startStandby(signal: AbortSignal): Promise<void> {
    this.#follow();
    writeSynchronous(this.#deps.config, null);
    await this.#server.start("standby", START_WITHIN_MS, signal);
  }

  /** A standby's directory gets a timeline of its own, as after a take-over that an earlier keeper began. */
  async #startPrimary(signal: AbortSignal): Promise<void> {
    if (!existsSync(layoutOf(this.#deps.config).standbySignal)) {
      await this.#server.start("primary", START_WITHIN_MS, signal);
      return;
    }
    writeUpstream(this.#deps.config, null);
    await this.#server.start("standby", START_WITHIN_MS, signal);
    await this.#promoteNow(signal);
  }

  async #promoteNow(signal: AbortSignal): Promise<{ timeline: number; startLsn: string }> {
    // Nobody follows the new timeline yet: a commit must not wait for the old one's standby.
    writeSynchronous(this.#deps.config, null);
    writeUpstream(this.#deps.config, null);
    this.#server.reload();
    return this.#sql.promote(signal);
  }

  /**
   * A primary that answers nobody (stopped, or its disk hangs) is dead for everybody who waits for it: it is ended, so that it counts as such.
   * A standby that hangs is left alone: nobody waits for it longer than the plan's bound, and what it is found with may be evidence.
   */
  #watch(turn: number): void {
    const { clock, log, pulse = defaultPulsePace } = this.#deps;
    this.#run("pulse", async (signal) => {
      const isSilent = await fallsSilent(
        (withinMs, until) => this.#sql.answers(withinMs, until),
        () => turn !== this.#newest,
        pulse,
        clock,
        signal,
      );
      if (!isSilent) return;
      log.error({ alarm: "postgres-silent" }, "the database answers nothing any more: it is ended");
      await this.#server.end(signal);
    });
  }

  /** A connection for the term's row, opened while the store decides: after the promotion it would be in the way. */
  #warm(signal: AbortSignal): void {
    this.#sql.newestTerm(signal).catch(() => undefined);
  }

  #follow(): void {
    const { config, site } = this.#deps;
    const name = standbyName(site, readDataId(config) ?? "unknown");
    writeUpstream(config, { slot: site, name });
  }

  #begin(): number {
    this.#newest += 1;
    this.#isStarting = false;
    return this.#newest;
  }

  #answer(turn: number, event: KeeperEvent): void {
    if (turn !== this.#newest) return;
    this.#isStarting = false;
    this.#deps.emit(event);
  }

  #run(what: string, work: (signal: AbortSignal) => Promise<void>): void {
    work(this.#deps.signal).catch((thrown: unknown) => {
      if (this.#deps.signal.aborted) return;
      this.#deps.log.error({ error: describeError(thrown), what }, "a database operation failed");
    });
  }
}
