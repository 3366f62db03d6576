import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, describeError, type Logger } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import {
  type DeletionProof,
  Quarantine,
  type QuarantinedCopy,
  readDataId,
} from "../postgres/index.ts";
import type { StoreChannel } from "../store/index.ts";
import type { TailReport } from "./tail-report.ts";

const DAY_MS = 86_400_000;

export interface SalvageItem extends QuarantinedCopy {
  readonly site: string;
  /** Null while the diverged rows are not listed yet, or when the directory had not diverged. */
  readonly transactions: number | null;
  readonly rows: number | null;
}

export interface SalvageList {
  readonly copies: readonly SalvageItem[];
  readonly discarded: readonly DeletionProof[];
}

export interface SalvageDeps {
  readonly config: ControllerConfig;
  readonly channel: StoreChannel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a returning region had committed and the other lacked: shown by key, kept until a person discards it or its time is over. */
export class Salvage {
  readonly #deps: SalvageDeps;
  readonly #quarantine: Quarantine | null;

  constructor(deps: SalvageDeps) {
    this.#deps = deps;
    const region = deps.config.region;
    this.#quarantine = region === undefined ? null : new Quarantine(region.postgres, deps.clock);
  }

  async list(): Promise<SalvageList> {
    if (this.#quarantine === null) return { copies: [], discarded: [] };
    const copies = (await this.#quarantine.list()).map((copy) => {
      const report = this.#report(copy.name);
      return {
        ...copy,
        site: this.#deps.config.site,
        transactions: report?.transactions ?? null,
        rows: report?.rows.length ?? null,
      };
    });
    return { copies, discarded: this.#quarantine.proofs() };
  }

  /** Errors: NOT_FOUND. */
  show(name: string): TailReport {
    const report = /^[A-Za-z0-9-]{1,80}$/.test(name) ? this.#report(name) : null;
    if (report === null) throw new ContinuityError("NOT_FOUND", "no report of such a copy");
    return report;
  }

  /** Deletes a copy for good; what was in it stays known by its report, that it is gone by its proof. Errors: NOT_FOUND, RUN_CONFLICT. */
  async discard(
    name: string,
    by: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<DeletionProof> {
    const region = this.#deps.config.region;
    if (this.#quarantine === null || region === undefined) {
      throw new ContinuityError("NOT_FOUND", "the witness keeps no copies");
    }
    if (readDataId(region.postgres) === name) {
      throw new ContinuityError("RUN_CONFLICT", "a rejoin still needs this copy");
    }
    const proof = await this.#quarantine.discard(name, by, reason, signal);
    await this.#audit(proof, signal);
    return proof;
  }

  /** Discards copies whose time is over. At most once an hour by the caller. */
  async retain(signal: AbortSignal): Promise<void> {
    const { config, clock, log } = this.#deps;
    const limit = clock.wallNow().getTime() - config.quarantineDays * DAY_MS;
    for (const copy of (await this.#quarantine?.list()) ?? []) {
      if (new Date(copy.createdAt).getTime() > limit) continue;
      const reason = `older than ${config.quarantineDays} days`;
      try {
        await this.discard(copy.name, "retention", reason, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        log.warn({ copy: copy.name, error: describeError(thrown) }, "not discarded");
      }
    }
  }

  /** The store keeps who discarded what, apart from the region that held it. */
  async #audit(proof: DeletionProof, signal: AbortSignal): Promise<void> {
    const { channel, config, log } = this.#deps;
    const key = `salvage/${config.site}/${proof.name}`;
    await channel.txn([], [{ kind: "put", key, value: proof }], signal, []);
    log.warn(
      { copy: proof.name, by: proof.by, digest: proof.digest },
      "a quarantined copy is discarded",
    );
  }

  #report(name: string): TailReport | null {
    const path = join(this.#deps.config.evidenceDir, `tail-${name}.json`);
    if (!existsSync(path)) return null;
    return JSON.parse(readFileSync(path, "utf8")) as TailReport;
  }
}
