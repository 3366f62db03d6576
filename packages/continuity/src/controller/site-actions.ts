import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Action,
  type DataSite,
  otherSite,
  type RunRecord,
  type Stamp,
  whyRefused,
} from "@careline/continuity-core";
import type { Clock, Logger } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import {
  type PostgresCopies,
  type PostgresSql,
  readDataId,
  readNotes,
  replaceFile,
  writeNotes,
} from "../postgres/index.ts";
import type { RegionRedis } from "../redis/index.ts";
import type { KeeperClient } from "./keeper-client.ts";
import type { LocalPostgresObserver } from "./local-postgres-observer.ts";
import type { ShownLoss, TailReporter } from "./tail-report.ts";

export interface SiteActionsDeps {
  readonly site: DataSite;
  readonly config: PostgresConfig;
  readonly keeper: KeeperClient;
  readonly sql: PostgresSql;
  readonly copies: PostgresCopies;
  readonly redis: RegionRedis;
  readonly observer: LocalPostgresObserver;
  readonly tail: TailReporter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What an action needs to know besides itself. */
export interface ActionContext {
  readonly run: RunRecord;
  readonly stamp: Stamp;
  /** Where the current term forked off what this directory wrote; null: unknown. */
  readonly forkLsn: string | null;
  readonly sourceTimeline: number | null;
  /** What people were shown when they approved the take-over that this directory lost its tail to. */
  readonly approved: readonly ShownLoss[];
}

/** Actions that change the data directory for longer than a turn of the loop. */
const LASTING = new Set<Action["kind"]>(["quarantine", "report-tail", "rewind", "clone"]);

export function isLasting(action: Action): boolean {
  return LASTING.has(action.kind);
}

/**
 * Carries out a run's actions on this site, refusing those of an older authority than one it has
 * obeyed. Each may be repeated. Errors: STEP_FAILED and those of what it calls.
 */
export class SiteActions {
  readonly #deps: SiteActionsDeps;
  #obeyed: Stamp | null;

  constructor(deps: SiteActionsDeps) {
    this.#deps = deps;
    this.#obeyed = this.#readStamp();
  }

  async perform(action: Action, context: ActionContext, signal: AbortSignal): Promise<void> {
    this.#obey(context.stamp);
    const { keeper, redis, sql } = this.#deps;
    switch (action.kind) {
      case "keeper": {
        const outcome = await keeper.command(action.command, signal);
        if (outcome.kind === "refused" && outcome.why !== "superseded") {
          throw new ContinuityError("STEP_FAILED", `${action.command.kind}: ${outcome.why}`);
        }
        return;
      }
      case "redis-promote":
        return redis.promote(signal);
      case "redis-follow":
        return redis.follow(signal);
      case "prepare-upstream":
        await sql.dropLostSlot(otherSite(this.#deps.site), signal);
        await sql.ensureSlot(otherSite(this.#deps.site), signal);
        return sql.checkpoint(signal);
      case "quarantine":
        return this.#quarantine(signal);
      case "report-tail":
        return this.#reportTail(context, signal);
      case "rewind":
        return this.#rewind(context, signal);
      case "clone":
        await this.#deps.copies.clone(this.#quarantineName(), signal);
        return this.#deps.observer.forgetDirectory();
    }
  }

  async #quarantine(signal: AbortSignal): Promise<void> {
    const { config, copies, log } = this.#deps;
    const where = await copies.quarantine(this.#quarantineName(), signal);
    writeNotes(config, { ...readNotes(config), isQuarantined: true });
    log.warn({ where }, "the directory is in quarantine");
  }

  async #reportTail(context: ActionContext, signal: AbortSignal): Promise<void> {
    const { config, tail } = this.#deps;
    await tail.report(this.#quarantineName(), context, signal);
    writeNotes(config, { ...readNotes(config), isReported: true });
  }

  async #rewind(context: ActionContext, signal: AbortSignal): Promise<void> {
    const { copies, observer } = this.#deps;
    const outcome = await copies.rewind({ timeline: context.sourceTimeline ?? 0 }, signal);
    observer.forgetDirectory();
    if (outcome.kind === "rewound") return;
    if (outcome.kind === "not-needed") return copies.becomeStandby();
    throw new ContinuityError("REWIND_IMPOSSIBLE", outcome.why);
  }

  #quarantineName(): string {
    return readDataId(this.#deps.config) ?? "unknown";
  }

  #obey(stamp: Stamp): void {
    const why = whyRefused(this.#obeyed, stamp);
    if (why !== null) throw new ContinuityError("STEP_FAILED", `refused: ${why}`);
    this.#obeyed = stamp;
    replaceFile(this.#stampFile(), `${JSON.stringify(stamp)}\n`);
  }

  #readStamp(): Stamp | null {
    if (!existsSync(this.#stampFile())) return null;
    return JSON.parse(readFileSync(this.#stampFile(), "utf8")) as Stamp;
  }

  #stampFile(): string {
    return join(this.#deps.config.configDir, "obeyed-stamp.json");
  }
}
