import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DataSite, otherSite } from "@careline/continuity-core";
import type { Clock, Logger } from "@careline/platform";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { PeerClient } from "../http/index.ts";
import {
  type ComparedRow,
  type CopiedRow,
  mergeIdOf,
  type Quarantine,
  type RowName,
  readCopiedRows,
  rowText,
} from "../postgres/index.ts";
import type { StoreChannel } from "../store/index.ts";
import type { SalvageSelection } from "./operator-requests.ts";
import {
  ROWS_BYTES_MAX,
  type RowReceiver,
  type RowsCompared,
  type RowsMerged,
  type RowsRequest,
} from "./row-receiver.ts";
import type { TailReport } from "./tail-report.ts";

/** A compare reads, a merge waits for the other region; beyond this the answer is unknown and a repeat finds it. */
const PRIMARY_WITHIN_MS = 60_000;

/** What would happen to one row: never without having been shown. */
export interface PlannedRow extends ComparedRow {
  readonly action: "insert" | "replace" | "leave";
}

export interface MergePreview {
  readonly copy: string;
  readonly primary: DataSite;
  readonly term: number;
  readonly rows: readonly PlannedRow[];
  readonly inserts: number;
  readonly replaces: number;
  /** Binds the merge to exactly what is shown here. */
  readonly confirmation: string;
}

/** What is kept of a merge beside the copy and in the store. */
export interface MergeRecord extends Omit<RowsMerged, "kind"> {
  readonly id: string;
  readonly copy: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface SalvageMergeDeps {
  readonly config: ControllerConfig;
  readonly quarantine: Quarantine;
  /** Of this site, for when the copy lies in the primary's own region. */
  readonly receiver: RowReceiver;
  readonly primary: () => "east" | "west" | null;
  readonly channel: StoreChannel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Brings chosen rows of a quarantined copy into the current primary: shown first, then merged by key with audit rows, exactly once. */
export class SalvageMerge {
  readonly #deps: SalvageMergeDeps;
  #isBusy = false;

  constructor(deps: SalvageMergeDeps) {
    this.#deps = deps;
  }

  /** Errors: NOT_FOUND, REQUEST_INVALID, RUN_CONFLICT (another one is under way), NOT_WRITABLE and what reaching the primary gives. */
  async preview(
    report: TailReport,
    selection: SalvageSelection,
    signal: AbortSignal,
  ): Promise<MergePreview> {
    return this.#alone(async () => (await this.#plan(report, selection, signal)).preview);
  }

  /** Errors: those of `preview`, CONFIRMATION_MISSING (something changed since), MERGE_REFUSED, OUTCOME_UNKNOWN. */
  async merge(
    report: TailReport,
    order: {
      readonly selection: SalvageSelection;
      readonly confirmation: string;
      readonly by: string;
      readonly reason: string;
    },
    signal: AbortSignal,
  ): Promise<MergeRecord> {
    return this.#alone(async () => {
      const known = this.done(report.dataId).find(
        ({ id }) => id === mergeIdOf({ copy: report.dataId, confirmation: order.confirmation }),
      );
      if (known !== undefined) return known;
      const { preview, rows } = await this.#plan(report, order.selection, signal);
      if (preview.confirmation !== order.confirmation) {
        throw new ContinuityError(
          "CONFIRMATION_MISSING",
          "the rows stand otherwise than shown: look again",
        );
      }
      const { confirmation, by, reason } = order;
      const copy = report.dataId;
      const request: RowsRequest = { kind: "merge", copy, confirmation, by, rows };
      const { kind, ...merged } = (await this.#atPrimary(request, signal)) as RowsMerged;
      const at = this.#deps.clock.wallNow().toISOString();
      const record = { id: mergeIdOf({ copy, confirmation }), copy, by, reason, at, ...merged };
      await this.#keep(record, preview, signal);
      this.#deps.log.warn({ copy, by, id: record.id, outcome: kind }, "salvaged rows are merged");
      return record;
    });
  }

  /** Merges of one copy, as kept beside it. */
  done(copy: string): MergeRecord[] {
    const { evidenceDir } = this.#deps.config;
    try {
      return readdirSync(evidenceDir)
        .filter((name) => name.startsWith(`merge-${copy}-`))
        .map((name) => JSON.parse(readFileSync(join(evidenceDir, name), "utf8")).record);
    } catch {
      return [];
    }
  }

  async #plan(
    report: TailReport,
    selection: SalvageSelection,
    signal: AbortSignal,
  ): Promise<{ preview: MergePreview; rows: Extract<RowsRequest, { kind: "merge" }>["rows"] }> {
    const { config, quarantine, clock } = this.#deps;
    const chosen = chosenOf(report, selection);
    const postgres = config.region?.postgres;
    if (postgres === undefined) throw new ContinuityError("NOT_FOUND", "no region here");
    const path = quarantine.pathOf(report.dataId);
    const copied = await readCopiedRows(postgres, path, chosen, clock, signal);
    if (copied.reduce((sum, { row }) => sum + row.length, 0) > ROWS_BYTES_MAX / 2) {
      throw new ContinuityError("REQUEST_INVALID", "too much at once: choose fewer rows");
    }
    const answer = await this.#atPrimary({ kind: "compare", rows: copied }, signal);
    const compared = answer as RowsCompared;
    const replaced = new Set((selection.replace ?? []).map(rowText));
    const never = new Set(config.neverMerged);
    const planned = compared.rows.map((row): PlannedRow => {
      const state = never.has(row.table) ? "not-merged" : row.state;
      return { ...row, state, action: actionOf(state, replaced.has(rowText(row))) };
    });
    return { preview: previewOf(report.dataId, compared, planned), rows: toMerge(copied, planned) };
  }

  /** The primary's own controller does it: here, or in the other region. */
  async #atPrimary(request: RowsRequest, signal: AbortSignal): Promise<RowsCompared | RowsMerged> {
    const { config, receiver, clock } = this.#deps;
    const primary = this.#deps.primary();
    if (primary === null || config.site === "witness") {
      throw new ContinuityError("NOT_WRITABLE", "no region is known to be the primary");
    }
    if (primary === config.site) return receive(receiver, request, signal);
    const url = config.controllers[otherSite(config.site)]?.url ?? "";
    const peer = new PeerClient(url, config.tls, `controller.${primary}`, clock);
    try {
      const path = "/v1/salvage-rows";
      const answer = await peer.request("POST", path, request, PRIMARY_WITHIN_MS, signal);
      return answer as RowsCompared | RowsMerged;
    } finally {
      await peer.close();
    }
  }

  /** In both: the region's evidence for its people, the store's so that it outlives the region. */
  async #keep(record: MergeRecord, preview: MergePreview, signal: AbortSignal): Promise<void> {
    const { config, channel } = this.#deps;
    mkdirSync(config.evidenceDir, { recursive: true, mode: 0o700 });
    const file = join(config.evidenceDir, `merge-${record.copy}-${record.id}.json`);
    const text = JSON.stringify({ record, rows: preview.rows }, null, 2);
    writeFileSync(file, `${text}\n`, { mode: 0o600 });
    const key = `salvage-merges/${config.site}/${record.id}`;
    await channel.txn([], [{ kind: "put", key, value: record }], signal, []);
  }

  /** A copy is opened by one server at a time. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw new ContinuityError("RUN_CONFLICT", "a copy is being looked at");
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }
}

export function receive(
  receiver: RowReceiver,
  request: RowsRequest,
  signal: AbortSignal,
): Promise<RowsCompared | RowsMerged> {
  return request.kind === "compare"
    ? receiver.compare(request.rows, signal)
    : receiver.merge(request, signal);
}

/** Errors: REQUEST_INVALID for a row that the report does not list. */
function chosenOf(report: TailReport, { rows, replace }: SalvageSelection): TailReport["rows"] {
  const listed = new Map(report.rows.map((row) => [rowText(row), row]));
  const named: readonly RowName[] = [...(rows === "all" ? report.rows : rows), ...(replace ?? [])];
  const chosen = new Map<string, TailReport["rows"][number]>();
  for (const name of named) {
    const row = listed.get(rowText(name));
    if (row === undefined) {
      throw new ContinuityError("REQUEST_INVALID", `the report lists no such row of ${name.table}`);
    }
    chosen.set(rowText(row), row);
  }
  return [...chosen.values()];
}

function actionOf(state: ComparedRow["state"], isReplaced: boolean): PlannedRow["action"] {
  if (state === "absent") return "insert";
  return state === "other" && isReplaced ? "replace" : "leave";
}

function previewOf(
  copy: string,
  { primary, term }: RowsCompared,
  rows: readonly PlannedRow[],
): MergePreview {
  const shown = rows.map((row) => [rowText(row), row.action, row.digest, row.primaryDigest]);
  const text = JSON.stringify([copy, primary, shown]);
  const confirmation = createHash("sha256").update(text).digest("hex");
  const count = (action: PlannedRow["action"]): number =>
    rows.filter((row) => row.action === action).length;
  return {
    ...{ copy, primary, term, rows },
    inserts: count("insert"),
    replaces: count("replace"),
    confirmation,
  };
}

function toMerge(
  copied: readonly CopiedRow[],
  planned: readonly PlannedRow[],
): Extract<RowsRequest, { kind: "merge" }>["rows"] {
  return copied.flatMap((row, index) => {
    const plan = planned[index];
    if (plan === undefined || plan.action === "leave") return [];
    const state = plan.action === "insert" ? ("absent" as const) : ("other" as const);
    return [{ ...row, key: { ...row.key }, state, primaryDigest: plan.primaryDigest }];
  });
}
