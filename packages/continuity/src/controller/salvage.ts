import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, describeError, type Logger, type Random } from "@careline/platform";
import { z } from "zod";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import {
  type DeletionProof,
  Quarantine,
  type QuarantinedCopy,
  readDataId,
} from "../postgres/index.ts";
import { parseRecord, type StoreChannel } from "../store/index.ts";
import type { KeeperClient } from "./keeper-client.ts";
import type { SalvageMergeRequest, SalvageSelection } from "./operator-requests.ts";
import {
  RowReceiver,
  type RowsCompared,
  type RowsMerged,
  type RowsRequest,
} from "./row-receiver.ts";
import { type MergePreview, type MergeRecord, receive, SalvageMerge } from "./salvage-merge.ts";
import type { TailReport } from "./tail-report.ts";

const DAY_MS = 86_400_000;
/** A request to discard that nobody joined is over after a day. */
const DISCARD_JOINED_WITHIN_MS = DAY_MS;

export interface SalvageItem extends QuarantinedCopy {
  readonly site: string;
  /** Null while the diverged rows are not listed yet, or when the directory had not diverged. */
  readonly transactions: number | null;
  readonly rows: number | null;
  readonly merges: readonly MergeRecord[];
  /** Who asked for its deletion and waits for a second person. */
  readonly discardAskedBy: string | null;
}

export interface SalvageList {
  readonly copies: readonly SalvageItem[];
  readonly discarded: readonly DeletionProof[];
}

const discardAskSchema = z.strictObject({ by: z.string(), reason: z.string(), at: z.string() });
type DiscardAsk = z.infer<typeof discardAskSchema>;

/** What a person's request to discard led to: the proof, or waiting for a second person. */
export type DiscardAnswer =
  | { readonly kind: "discarded"; readonly proof: DeletionProof }
  | { readonly kind: "waiting"; readonly by: string; readonly until: string };

export interface SalvageDeps {
  readonly config: ControllerConfig;
  readonly channel: StoreChannel;
  readonly keeper: KeeperClient | null;
  readonly primary: () => "east" | "west" | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Parts {
  readonly quarantine: Quarantine;
  readonly receiver: RowReceiver;
  readonly merge: SalvageMerge;
}

/** What a returning region had committed and the other lacked: shown by key, merged or discarded by people, kept until then or until its time is over. */
export class Salvage {
  readonly #deps: SalvageDeps;
  readonly #parts: Parts | null;

  constructor(deps: SalvageDeps) {
    this.#deps = deps;
    this.#parts = partsOf(deps);
  }

  async list(signal: AbortSignal): Promise<SalvageList> {
    if (this.#parts === null) return { copies: [], discarded: [] };
    const { quarantine, merge } = this.#parts;
    const asks = await this.#asks(signal).catch(() => new Map<string, DiscardAsk>());
    const copies = (await quarantine.list()).map((copy) => {
      const report = this.#report(copy.name);
      return {
        ...copy,
        site: this.#deps.config.site,
        transactions: report?.transactions ?? null,
        rows: report?.rows.length ?? null,
        merges: merge.done(copy.name),
        discardAskedBy: asks.get(copy.name)?.by ?? null,
      };
    });
    return { copies, discarded: quarantine.proofs() };
  }

  /** Errors: NOT_FOUND. */
  show(name: string): TailReport {
    const report = /^[A-Za-z0-9-]{1,80}$/.test(name) ? this.#report(name) : null;
    if (report === null) throw new ContinuityError("NOT_FOUND", "no report of such a copy");
    return report;
  }

  /** Errors: those of `SalvageMerge.preview`. */
  async preview(name: string, what: SalvageSelection, signal: AbortSignal): Promise<MergePreview> {
    return this.#region().merge.preview(this.show(name), what, signal);
  }

  /** Errors: those of `SalvageMerge.merge`. */
  async merge(
    name: string,
    { rows, replace, confirmation, reason }: SalvageMergeRequest,
    by: string,
    signal: AbortSignal,
  ): Promise<MergeRecord> {
    const order = { selection: { rows, replace }, confirmation, reason, by };
    return this.#region().merge.merge(this.show(name), order, signal);
  }

  /** The other region's controller, which keeps a copy, asks this one about rows here. Errors: those of `RowReceiver`. */
  async receive(request: RowsRequest, signal: AbortSignal): Promise<RowsCompared | RowsMerged> {
    return receive(this.#region().receiver, request, signal);
  }

  /**
   * Deletes a copy for good when a second person agrees; what was in it stays known by its report, that it is gone by its proof.
   * Errors: NOT_FOUND, RUN_CONFLICT, SECOND_PERSON_NEEDED.
   */
  async discard(
    name: string,
    by: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<DiscardAnswer> {
    const { quarantine } = this.#region();
    const known = quarantine.proofs().find((proof) => proof.name === name);
    if (known !== undefined) return { kind: "discarded", proof: known };
    this.#mustBeFree(name);
    quarantine.pathOf(name);
    const asked = (await this.#asks(signal)).get(name);
    if (asked === undefined) return this.#ask(name, by, reason, signal);
    if (asked.by === by) {
      throw new ContinuityError("SECOND_PERSON_NEEDED", `${by} asked for it; another must agree`);
    }
    const people = `${asked.by} and ${by}`;
    const proof = await this.#discard(name, people, `${asked.reason}; ${reason}`, signal);
    return { kind: "discarded", proof };
  }

  /** Discards copies whose time is over. At most once an hour by the caller. */
  async retain(signal: AbortSignal): Promise<void> {
    const { config, clock, log } = this.#deps;
    const limit = clock.wallNow().getTime() - config.quarantineDays * DAY_MS;
    for (const copy of (await this.#parts?.quarantine.list()) ?? []) {
      if (new Date(copy.createdAt).getTime() > limit) continue;
      const reason = `older than ${config.quarantineDays} days`;
      try {
        this.#mustBeFree(copy.name);
        await this.#discard(copy.name, "retention", reason, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        log.warn({ copy: copy.name, error: describeError(thrown) }, "not discarded");
      }
    }
  }

  #region(): Parts {
    if (this.#parts !== null) return this.#parts;
    throw new ContinuityError("NOT_FOUND", "the witness keeps no copies");
  }

  #mustBeFree(name: string): void {
    const region = this.#deps.config.region;
    if (region !== undefined && readDataId(region.postgres) === name) {
      throw new ContinuityError("RUN_CONFLICT", "a rejoin still needs this copy");
    }
  }

  async #ask(
    name: string,
    by: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<DiscardAnswer> {
    const { channel, clock, config, log } = this.#deps;
    const now = clock.wallNow().getTime();
    const value: DiscardAsk = { by, reason, at: new Date(now).toISOString() };
    const key = `salvage-asks/${config.site}/${name}`;
    await channel.txn([], [{ kind: "put", key, value }], signal, []);
    log.warn(
      { copy: name, by },
      "a quarantined copy is to be discarded: a second person is needed",
    );
    const until = new Date(now + DISCARD_JOINED_WITHIN_MS).toISOString();
    return { kind: "waiting", by, until };
  }

  /** Requests of this site that still count, by copy. */
  async #asks(signal: AbortSignal): Promise<Map<string, DiscardAsk>> {
    const { channel, clock, config } = this.#deps;
    const prefix = `salvage-asks/${config.site}/`;
    const found = await channel.readPrefix(prefix, signal);
    const since = clock.wallNow().getTime() - DISCARD_JOINED_WITHIN_MS;
    const asks = [...found.records.values()].map(
      (record) => [record.key.slice(prefix.length), parseRecord(record, discardAskSchema)] as const,
    );
    return new Map(asks.filter(([, { at }]) => new Date(at).getTime() > since));
  }

  /** The store keeps who discarded what, apart from the region that held it. */
  async #discard(
    name: string,
    by: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<DeletionProof> {
    const { channel, config, log } = this.#deps;
    const proof = await this.#region().quarantine.discard(name, by, reason, signal);
    const key = `salvage/${config.site}/${proof.name}`;
    const ask = `salvage-asks/${config.site}/${proof.name}`;
    await channel.txn(
      [],
      [
        { kind: "put", key, value: proof },
        { kind: "delete", key: ask },
      ],
      signal,
      [],
    );
    log.warn({ copy: proof.name, by, digest: proof.digest }, "a quarantined copy is discarded");
    return proof;
  }

  #report(name: string): TailReport | null {
    const path = join(this.#deps.config.evidenceDir, `tail-${name}.json`);
    if (!existsSync(path)) return null;
    return JSON.parse(readFileSync(path, "utf8")) as TailReport;
  }
}

function partsOf(deps: SalvageDeps): Parts | null {
  const { config, keeper, clock, random } = deps;
  if (config.region === undefined || config.site === "witness" || keeper === null) return null;
  const { postgres } = config.region;
  const quarantine = new Quarantine(postgres, clock);
  const { site, neverMerged } = config;
  const receiver = new RowReceiver({ site, keeper, postgres, neverMerged, clock, random });
  return { quarantine, receiver, merge: new SalvageMerge({ ...deps, quarantine, receiver }) };
}
