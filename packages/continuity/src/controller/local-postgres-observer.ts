import { existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type DataSite,
  type KeeperStatus,
  type LocalPostgres,
  type LocalReplication,
  type Lsn,
  otherSite,
} from "@careline/continuity-core";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import {
  directorySize,
  findWalEnd,
  layoutOf,
  type PostgresSql,
  type ReplicationState,
  readControlData,
  readDataId,
  readNotes,
  standbyName,
  writeNotes,
} from "../postgres/index.ts";
import { LsnTrail } from "./lsn-trail.ts";

/** Restarts in place within the window; beyond it the term is given up where a safe standby exists. */
const RESTARTS_MAX = 1;
const RESTART_WINDOW_MS = 300_000;
const SIZE_AGE_MAX_MS = 60_000;

export interface LocalPostgresDeps {
  readonly config: PostgresConfig;
  readonly site: DataSite;
  readonly sql: PostgresSql;
  readonly clock: Clock;
  readonly log: Logger;
}

interface DownState {
  readonly key: string;
  readonly isDamaged: boolean;
  readonly timeline: number | null;
  readonly endLsn: Lsn | null;
}

/** This region's data directory and server, with the memory that ages need. */
export class LocalPostgresObserver {
  readonly #deps: LocalPostgresDeps;
  readonly #written = new LsnTrail();
  #activity: { readonly isActive: boolean; readonly sinceMs: number } | null = null;
  #confirmed: { readonly dataId: string | null; readonly lsn: Lsn } | null = null;
  #streamedAtMs: number;
  #canaryLsn: Lsn | null = null;
  #restartsMs: number[] = [];
  #down: DownState | null = null;
  #size = { bytes: 0, atMs: Number.NEGATIVE_INFINITY };
  #replayDelayMs: number | null = null;
  #lag: { readonly bytes: number; readonly seconds: number } | null = null;

  constructor(deps: LocalPostgresDeps) {
    this.#deps = deps;
    this.#streamedAtMs = deps.clock.monotonicMs();
  }

  /** Of a standby, as last seen. */
  get replayDelayMs(): number | null {
    return this.#replayDelayMs;
  }

  /** Of the standby behind this primary, as last seen. */
  get lag(): { readonly bytes: number; readonly seconds: number } | null {
    return this.#lag;
  }

  noteRestart(): void {
    this.#restartsMs.push(this.#deps.clock.monotonicMs());
  }

  noteCanary(lsn: Lsn | null): void {
    this.#canaryLsn = lsn;
  }

  /** What a change of the directory (clone, rewind, initdb) makes void. */
  forgetDirectory(): void {
    this.#down = null;
    this.#size = { ...this.#size, atMs: Number.NEGATIVE_INFINITY };
  }

  /** `otherDataId`: of the other region's directory, as its heartbeat says. Never throws for a server that is down. */
  async look(
    keeper: KeeperStatus | null,
    otherDataId: string | null,
    signal: AbortSignal,
  ): Promise<LocalPostgres | null> {
    if (keeper?.postgres === "primary") return this.#primary(otherDataId, signal);
    this.#activity = null;
    this.#written.forget();
    this.#confirmed = null;
    this.#canaryLsn = null;
    this.#lag = null;
    if (keeper?.postgres === "standby") return this.#standby(signal);
    if (keeper === null || keeper.postgres !== "down") return this.#changing(signal);
    return this.#downState(signal);
  }

  async #primary(otherDataId: string | null, signal: AbortSignal): Promise<LocalPostgres | null> {
    const { sql, site } = this.#deps;
    const other = otherSite(site);
    const state = await this.#try(() => sql.replication(other, signal), signal);
    if (state === null) return null;
    const newestTerm = await this.#noteTerm(signal);
    const isUpstreamReady = await this.#try(() => sql.isUpstreamReady(other, signal), signal);
    this.#down = null;
    const base = await this.#base(signal);
    const replication = this.#replication(state, otherDataId);
    return {
      ...base,
      directory: "primary",
      timeline: state.timeline,
      newestTerm,
      endLsn: state.writtenLsn,
      replication,
      isSyncEnforced: this.#isEnforced(state, replication),
      isQuarantined: false,
      isReported: false,
      isUpstreamReady: isUpstreamReady === true,
    };
  }

  #replication(state: ReplicationState, otherDataId: string | null): LocalReplication {
    const now = this.#deps.clock.monotonicMs();
    this.#written.mark(state.writtenLsn, now);
    const { standby } = state;
    const isActive = standby?.state === "streaming";
    if (this.#activity?.isActive !== isActive) this.#activity = { isActive, sinceMs: now };
    if (state.synchronousNames === "") this.#canaryLsn = null;
    const other = otherSite(this.#deps.site);
    const isKnown = otherDataId !== null && standby?.name === standbyName(other, otherDataId);
    const dataId = isActive && isKnown ? otherDataId : null;
    if (isActive && dataId !== null) this.#confirmed = { dataId, lsn: standby.flushedLsn };
    const confirmedLsn = this.#confirmed?.lsn ?? null;
    this.#lag = standby === null ? null : { bytes: standby.lagBytes, seconds: standby.lagSeconds };
    return {
      isActive,
      sinceMs: now - this.#activity.sinceMs,
      standbyDataId: dataId,
      confirmedLsn,
      unconfirmedForMs: this.#written.unconfirmedForMs(confirmedLsn, now),
      lagBytes: standby?.lagBytes ?? Number.MAX_SAFE_INTEGER,
      canaryLsn: this.#canaryLsn,
    };
  }

  /** For the standby that is connected; without one, for anybody. */
  #isEnforced(state: ReplicationState, replication: LocalReplication): boolean {
    const { standbyDataId } = replication;
    if (standbyDataId === null) return state.synchronousNames !== "";
    const name = standbyName(otherSite(this.#deps.site), standbyDataId);
    return state.synchronousNames.includes(`"${name}"`);
  }

  async #standby(signal: AbortSignal): Promise<LocalPostgres | null> {
    const now = this.#deps.clock.monotonicMs();
    const state = await this.#try(() => this.#deps.sql.recovery(signal), signal);
    if (state === null) return null;
    if (state.isReceiving) this.#streamedAtMs = now;
    const newestTerm = await this.#noteTerm(signal);
    this.#replayDelayMs = state.replayDelayMs;
    this.#down = null;
    const base = await this.#base(signal);
    return {
      ...base,
      directory: "standby",
      timeline: state.timeline,
      newestTerm,
      endLsn: state.flushedLsn,
      receiver: { isStreaming: state.isReceiving, silentMs: now - this.#streamedAtMs },
    };
  }

  /** Starting or stopping: only what needs no server and no quiet directory. */
  async #changing(signal: AbortSignal): Promise<LocalPostgres> {
    const base = await this.#base(signal);
    return { ...base, timeline: this.#down?.timeline ?? null, endLsn: null };
  }

  async #downState(signal: AbortSignal): Promise<LocalPostgres> {
    const base = await this.#base(signal);
    this.#streamedAtMs = this.#deps.clock.monotonicMs();
    if (base.directory === "empty") return base;
    const down = await this.#readDown(signal);
    const directory = down.isDamaged ? "damaged" : base.directory;
    return { ...base, directory, timeline: down.timeline, endLsn: down.endLsn };
  }

  /** Read once per state of the directory: pg_waldump reads all log since the last checkpoint. */
  async #readDown(signal: AbortSignal): Promise<DownState> {
    const { config, clock, log } = this.#deps;
    try {
      const control = await readControlData(config, clock, signal);
      const key = `${readDataId(config)}/${control.state}/${control.checkpointLsn}`;
      if (this.#down?.key === key) return this.#down;
      const isStandby = existsSync(layoutOf(config).standbySignal);
      const endLsn = isStandby
        ? control.minRecoveryLsn
        : await findWalEnd(config, control, clock, signal);
      this.#down = { key, isDamaged: false, timeline: control.timeline, endLsn };
    } catch (thrown) {
      signal.throwIfAborted();
      log.warn({ error: describeError(thrown) }, "the data directory cannot be read");
      this.#down = { key: "damaged", isDamaged: true, timeline: null, endLsn: null };
    }
    return this.#down;
  }

  async #base(signal: AbortSignal): Promise<LocalPostgres> {
    const { config } = this.#deps;
    const notes = readNotes(config);
    const isThere = existsSync(join(config.dataDir, "PG_VERSION"));
    const isStandby = existsSync(layoutOf(config).standbySignal);
    const space = statfsSync(dirname(config.dataDir));
    return {
      directory: isThere ? (isStandby ? "standby" : "primary") : "empty",
      dataId: readDataId(config),
      timeline: null,
      newestTerm: notes.newestTerm,
      endLsn: null,
      receiver: null,
      replication: null,
      isSyncEnforced: false,
      restartsLeft: this.#restartsLeft(),
      isQuarantined: notes.isQuarantined,
      isReported: notes.isReported,
      freeBytes: space.bavail * space.bsize,
      sizeBytes: isThere ? await this.#sizeBytes(signal) : 0,
      isUpstreamReady: false,
    };
  }

  #restartsLeft(): number {
    const since = this.#deps.clock.monotonicMs() - RESTART_WINDOW_MS;
    this.#restartsMs = this.#restartsMs.filter((at) => at >= since);
    return Math.max(0, RESTARTS_MAX - this.#restartsMs.length);
  }

  async #sizeBytes(signal: AbortSignal): Promise<number> {
    const now = this.#deps.clock.monotonicMs();
    if (now - this.#size.atMs < SIZE_AGE_MAX_MS) return this.#size.bytes;
    this.#size = { bytes: await directorySize(this.#deps.config.dataDir), atMs: now };
    signal.throwIfAborted();
    return this.#size.bytes;
  }

  /** Reads the newest term and notes it beside the data, for when the server is down. */
  async #noteTerm(signal: AbortSignal): Promise<number | null> {
    const { config, sql } = this.#deps;
    const newestTerm = await this.#try(() => sql.newestTerm(signal), signal);
    const notes = readNotes(config);
    if (newestTerm === null) return notes.newestTerm;
    const isPrimary = !existsSync(layoutOf(config).standbySignal);
    const isChanged = notes.newestTerm !== newestTerm || (isPrimary && notes.isQuarantined);
    if (isChanged) {
      const flags = isPrimary ? { isQuarantined: false, isReported: false } : {};
      writeNotes(config, { ...notes, ...flags, newestTerm });
    }
    return newestTerm;
  }

  async #try<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      this.#deps.log.debug({ error: describeError(thrown) }, "the local database does not answer");
      return null;
    }
  }
}
