import type { DataSite } from "@careline/continuity-core";
import type { Clock, Random } from "@careline/platform";
import { z } from "zod";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import {
  type ComparedRow,
  type CopiedRow,
  type MergeOutcome,
  type MergeRow,
  MergeTarget,
} from "../postgres/index.ts";
import type { KeeperClient, KeeperReport } from "./keeper-client.ts";

/** As many rows as a report lists, and as much content as one request carries. */
export const ROWS_MAX = 10_000;
export const ROWS_BYTES_MAX = 32 * 1024 * 1024;

const copiedRow = {
  table: z.string().max(200),
  key: z.record(z.string().max(63), z.string().max(2_000)),
  row: z.string(),
};
/** `POST /v1/salvage-rows`, asked by the controller of the region that keeps the copy. */
export const rowsRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("compare"),
    rows: z.array(z.strictObject(copiedRow)).max(ROWS_MAX),
  }),
  z.strictObject({
    kind: z.literal("merge"),
    copy: z.string().max(80),
    confirmation: z.string().max(100),
    by: z.string().max(100),
    rows: z
      .array(
        z.strictObject({
          ...copiedRow,
          state: z.enum(["absent", "other"]),
          primaryDigest: z.string().length(64).nullable(),
        }),
      )
      .max(ROWS_MAX),
  }),
]);
export type RowsRequest = z.infer<typeof rowsRequestSchema>;
type MergeRequest = Extract<RowsRequest, { kind: "merge" }>;

export interface RowsCompared {
  readonly primary: DataSite;
  readonly term: number;
  readonly rows: readonly ComparedRow[];
}

export interface RowsMerged extends MergeOutcome {
  readonly primary: DataSite;
  readonly term: number;
  readonly durability: "geo" | "single-region";
}

export interface RowReceiverDeps {
  readonly site: DataSite;
  readonly keeper: KeeperClient;
  readonly postgres: PostgresConfig;
  /** Tables that take no rows of another region's past, whoever asks. */
  readonly neverMerged: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
}

/** The primary's end of a salvage merge: takes rows only while its region may acknowledge, and says so only if it still may. */
export class RowReceiver {
  readonly #deps: RowReceiverDeps;

  constructor(deps: RowReceiverDeps) {
    this.#deps = deps;
  }

  /** Errors: NOT_WRITABLE, DATABASE_DOWN. */
  async compare(rows: readonly CopiedRow[], signal: AbortSignal): Promise<RowsCompared> {
    const { term } = await this.#permit(signal);
    const compared = await this.#withTarget((target) => target.compare(rows, signal));
    return { primary: this.#deps.site, term, rows: compared };
  }

  /** Errors: NOT_WRITABLE, RUN_CONFLICT, MERGE_REFUSED, DATABASE_DOWN, OUTCOME_UNKNOWN. */
  async merge(request: Omit<MergeRequest, "kind">, signal: AbortSignal): Promise<RowsMerged> {
    const { site, clock, neverMerged } = this.#deps;
    const refused = request.rows.find(({ table }) => neverMerged.includes(table));
    if (refused !== undefined) throw new ContinuityError("MERGE_REFUSED", `never ${refused.table}`);
    const before = await this.#permit(signal);
    const order = {
      copy: request.copy,
      confirmation: request.confirmation,
      by: request.by,
      term: before.term,
      region: site,
      at: clock.wallNow().toISOString(),
    };
    const rows: readonly MergeRow[] = request.rows;
    const outcome = await this.#withTarget((target) => target.merge(rows, order, signal));
    const after = await this.#permit(signal).catch(() => null);
    if (after === null || after.term !== before.term) {
      throw new ContinuityError("OUTCOME_UNKNOWN", "the permit ended before the answer");
    }
    const isGeo = before.geo.on && after.geo.on && before.geo.generation === after.geo.generation;
    return {
      ...outcome,
      primary: site,
      term: before.term,
      durability: isGeo ? "geo" : "single-region",
    };
  }

  /** The keeper's word that this region may acknowledge, counted from before it was asked. */
  async #permit(signal: AbortSignal): Promise<KeeperReport & { readonly term: number }> {
    const { keeper, clock } = this.#deps;
    const askedMs = clock.monotonicMs();
    const report = await keeper.status(signal);
    const isValid = clock.monotonicMs() < askedMs + report.permitRemainingMs;
    if (report.phase !== "serving" || !isValid || report.term === null) {
      throw new ContinuityError("NOT_WRITABLE", `the keeper is ${report.phase}, without a permit`);
    }
    return { ...report, term: report.term };
  }

  async #withTarget<T>(work: (target: MergeTarget) => Promise<T>): Promise<T> {
    const target = new MergeTarget(this.#deps.postgres, this.#deps.clock, this.#deps.random);
    try {
      return await work(target);
    } finally {
      await target.close();
    }
  }
}
