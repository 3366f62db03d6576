import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DataSite, forceQuorum, otherSite } from "@careline/continuity-core";
import { type Clock, describeError, type Logger, type Random } from "@careline/platform";
import { z } from "zod";
import type { ControllerConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { replaceFile } from "../postgres/index.ts";
import type { StoreChannel } from "../store/index.ts";
import type { ExpectedLoss } from "./expected-loss.ts";
import type { ForceQuorumRequest } from "./operator-requests.ts";
import type { Operator } from "./operator-service.ts";
import type { QuorumObserver } from "./quorum-observer.ts";

/** A quorum that is silent for less may be electing a leader: an election takes 1–2 s. */
const SILENT_AT_LEAST_MS = 10_000;
/** An order that was not carried out by then counts no more: what was evidence is old. */
const VALID_MS = 30 * 60_000;

const evidenceSchema = z.strictObject({
  by: z.string(),
  off: z.string(),
  statement: z.string(),
  at: z.string(),
});
const orderSchema = z.strictObject({
  id: z.string(),
  primary: z.enum(["east", "west"]),
  first: evidenceSchema,
  second: evidenceSchema.nullable(),
  loss: z.strictObject({
    seconds: z.number().nullable(),
    bytes: z.number().nullable(),
    rows: z.number().nullable(),
    openCalls: z.number().nullable(),
    geoComplete: z.boolean(),
  }),
  state: z.enum(["waiting-for-second", "waiting-for-store", "done", "cancelled"]),
  why: z.string().nullable(),
  at: z.string(),
});
/** One order to begin a new life of the store, kept beside the region because the store is what is lost. */
export type ForceQuorumRecord = z.infer<typeof orderSchema>;

export interface ForceQuorumStatus {
  readonly order: ForceQuorumRecord | null;
  /** What to do next, for people. */
  readonly next: string;
}

export interface ForceQuorumDeps {
  readonly config: ControllerConfig;
  readonly quorum: QuorumObserver;
  readonly channel: StoreChannel;
  /** Signs of life of the other region's data plane, as seen from here; empty when there are none. */
  readonly signsOfLife: (other: DataSite) => readonly string[];
  readonly newestTermInData: () => number | null;
  readonly expectedLoss: () => Omit<ExpectedLoss, "confirmation">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * The way out when the store's majority is lost for good (continuity.md, the situation table): two persons state that the other
 * region's data plane is off, the surviving member is started alone, and then a new life of the store names this region. While an
 * order waits, this controller decides nothing by itself: the store that comes back may be the survivor's alone.
 */
export class ForceQuorum {
  readonly #deps: ForceQuorumDeps;
  readonly #startedAtMs: number;
  #order: ForceQuorumRecord | null;

  constructor(deps: ForceQuorumDeps) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.monotonicMs();
    this.#order = this.#read();
  }

  /** True while an order waits for its second person or for the store. */
  get isPending(): boolean {
    const state = this.#current()?.state;
    return state === "waiting-for-second" || state === "waiting-for-store";
  }

  status(): ForceQuorumStatus {
    const order = this.#current();
    return { order, next: nextOf(order) };
  }

  /** The first person. Errors: NOT_FOUND (witness), RUN_CONFLICT (the quorum answers), EVIDENCE_CONTRADICTED. */
  order(request: ForceQuorumRequest, by: Operator): ForceQuorumStatus {
    const primary = this.#ownSite();
    this.#mustBeLost(primary);
    if (this.isPending) throw new ContinuityError("RUN_CONFLICT", "an order waits already");
    const { clock, random, log, expectedLoss } = this.#deps;
    const at = clock.wallNow().toISOString();
    const { seconds, bytes, rows, openCalls, geoComplete } = expectedLoss();
    this.#write({
      id: random.uuid(),
      primary,
      first: { by: by.name, off: request.off, statement: request.statement, at },
      second: null,
      loss: { seconds, bytes, rows, openCalls, geoComplete },
      state: "waiting-for-second",
      why: null,
      at,
    });
    log.warn(
      { primary, by: by.name },
      "a new life of the store is ordered: a second person needed",
    );
    return this.status();
  }

  /** The second person. Errors: those of `order`, SECOND_PERSON_NEEDED, CONFIRMATION_MISSING. */
  agree(
    request: ForceQuorumRequest & { readonly confirmation: string },
    by: Operator,
  ): ForceQuorumStatus {
    const primary = this.#ownSite();
    this.#mustBeLost(primary);
    const order = this.#current();
    if (order?.state !== "waiting-for-second") {
      throw new ContinuityError("RUN_CONFLICT", "no order waits for a second person");
    }
    if (order.first.by === by.name) {
      throw new ContinuityError(
        "SECOND_PERSON_NEEDED",
        `${by.name} ordered it; another must agree`,
      );
    }
    const phrase = `${otherSite(primary)} is off`;
    if (request.confirmation !== phrase) {
      throw new ContinuityError("CONFIRMATION_MISSING", `confirm with the words: ${phrase}`);
    }
    const at = this.#deps.clock.wallNow().toISOString();
    const second = { by: by.name, off: request.off, statement: request.statement, at };
    this.#write({ ...order, second, state: "waiting-for-store" });
    this.#deps.log.warn({ primary, by: by.name }, "a new life of the store is agreed upon");
    return this.status();
  }

  cancel(by: Operator): ForceQuorumStatus {
    if (this.isPending) this.#end("cancelled", `cancelled by ${by.name}`);
    return this.status();
  }

  /** Carries the order out as soon as the surviving member answers alone; to be called every second or so. */
  async tick(signal: AbortSignal): Promise<void> {
    const order = this.#current();
    const { quorum, channel, config } = this.#deps;
    if (order === null || !this.isPending || !quorum.seen().isAnswering) return;
    const members = await channel.memberNames(signal);
    const isAlone = members.length === 1 && members[0] === config.site;
    if (!isAlone) return this.#end("cancelled", "the quorum answers again with all its members");
    if (order.state !== "waiting-for-store" || order.second === null) return;
    await this.#carryOut(order, order.second, signal);
  }

  async #carryOut(
    order: ForceQuorumRecord,
    second: z.infer<typeof evidenceSchema>,
    signal: AbortSignal,
  ): Promise<void> {
    const { quorum, config, clock, log, newestTermInData } = this.#deps;
    const { view } = quorum;
    const newestTerm = newestTermInData();
    if (view === null || newestTerm === null) return;
    const { first } = order;
    // The order's id is the new store's: a repeat after a lost answer finds it there.
    const isDone = view.store.record?.id === order.id;
    const txn = forceQuorum(view, {
      newStoreId: order.id,
      primary: order.primary,
      by: [first.by, second.by],
      evidence: `${otherSite(order.primary)} is off: ${first.off} (${first.by}), ${second.off} (${second.by})`,
      newestTermInData: newestTerm,
      validityMs: config.parameters.leaseMs,
      at: clock.wallNow().toISOString(),
    });
    try {
      if (!isDone && !(await quorum.apply(txn, signal))) return;
    } catch (thrown) {
      signal.throwIfAborted();
      log.warn({ error: describeError(thrown) }, "the store did not take its new life yet");
      return;
    }
    this.#end("done", null);
    log.warn({ storeId: order.id, primary: order.primary }, "the store began another life");
    await this.#keep(signal);
  }

  /** Evidence in the new store as well, so that it outlives this region. */
  async #keep(signal: AbortSignal): Promise<void> {
    const order = this.#order;
    if (order === null) return;
    const key = `force-quorum/${order.id}`;
    await this.#deps.channel.txn([], [{ kind: "put", key, value: order }], signal, []);
  }

  #ownSite(): DataSite {
    const { site } = this.#deps.config;
    if (site !== "witness") return site;
    throw new ContinuityError("NOT_FOUND", "the witness has no data: ask the surviving region");
  }

  #mustBeLost(own: DataSite): void {
    const { quorum, signsOfLife, clock } = this.#deps;
    const { isAnswering, ageMs } = quorum.seen();
    const silentMs = Math.min(ageMs, clock.monotonicMs() - this.#startedAtMs);
    if (isAnswering || silentMs < SILENT_AT_LEAST_MS) {
      throw new ContinuityError("RUN_CONFLICT", "the quorum answers, or did a moment ago");
    }
    const signs = signsOfLife(otherSite(own));
    if (signs.length === 0) return;
    throw new ContinuityError("EVIDENCE_CONTRADICTED", `${otherSite(own)}: ${signs.join(", ")}`);
  }

  #current(): ForceQuorumRecord | null {
    const order = this.#order;
    if (order === null || order.state === "done" || order.state === "cancelled") return order;
    const ageMs = this.#deps.clock.wallNow().getTime() - new Date(order.at).getTime();
    return ageMs <= VALID_MS ? order : { ...order, state: "cancelled", why: "over its time" };
  }

  #end(state: "done" | "cancelled", why: string | null): void {
    const order = this.#current();
    if (order === null) return;
    this.#write({ ...order, state, why });
    if (why !== null) this.#deps.log.warn({ why }, "the order for a new life of the store is over");
  }

  #file(): string {
    return join(this.#deps.config.evidenceDir, "force-quorum.json");
  }

  #read(): ForceQuorumRecord | null {
    if (!existsSync(this.#file())) return null;
    return orderSchema.parse(JSON.parse(readFileSync(this.#file(), "utf8")));
  }

  #write(order: ForceQuorumRecord): void {
    mkdirSync(this.#deps.config.evidenceDir, { recursive: true, mode: 0o700 });
    replaceFile(this.#file(), `${JSON.stringify(order, null, 2)}\n`);
    this.#order = order;
  }
}

function nextOf(order: ForceQuorumRecord | null): string {
  switch (order?.state) {
    case undefined:
      return "nothing is ordered";
    case "waiting-for-second":
      return `another approver than ${order.first.by} must agree`;
    case "waiting-for-store":
      return `start the surviving member of ${order.primary} alone, restored from its own database`;
    case "done":
      return `${order.primary} begins the new term; then give the store its members back`;
    case "cancelled":
      return order.why ?? "cancelled";
  }
}
