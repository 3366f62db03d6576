import { type Clock, type Logger, type Random, uuidV7 } from "@careline/platform";
import type { Site } from "@careline/portal-contract";
import { auditRows, insertAuditRow } from "../audit/index.ts";
import type { Database, TransactionSettings, Tx } from "../database/index.ts";
import type { EventPublisher } from "../event-stream/index.ts";
import type { PermitView } from "../permit/index.ts";
import { PortalError } from "../problems/index.ts";
import type { BackgroundWork, BackgroundWrites } from "./background.ts";
import type { WorkContext } from "./context.ts";
import { planCommit } from "./durability.ts";
import { portalErrorFrom } from "./error-from-thrown.ts";
import { runEffects } from "./finish-write.ts";
import { type Actor, UnitOfWork } from "./unit-of-work.ts";

export interface BackgroundDeps {
  readonly site: Site;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly database: Database;
  readonly permit: PermitView;
  readonly events: EventPublisher;
}

const system: Actor = {
  agentId: null,
  sessionId: null,
  origin: "system",
  ipAddress: null,
  userAgent: null,
};

/** The portal's own writes and reads, as the role `system`. */
export function createBackgroundWrites(deps: BackgroundDeps): BackgroundWrites {
  return {
    write: (work, run, signal) => write(work, run, deps, signal),
    read: (run, signal) => read(run, deps, signal),
  };
}

function settingsFor(
  deps: BackgroundDeps,
  rest: Pick<TransactionSettings, "term" | "synchronousCommit">,
): TransactionSettings {
  return {
    agentId: null,
    role: "system",
    teamId: null,
    programmeIds: [],
    permissions: [],
    sessionId: null,
    site: deps.site,
    statementTimeoutMs: deps.database.statementTimeoutMs,
    ...rest,
  };
}

async function write<T>(
  work: BackgroundWork,
  run: (ctx: WorkContext) => Promise<T>,
  deps: BackgroundDeps,
  signal: AbortSignal,
): Promise<T> {
  const { permit, clock, random, site } = deps;
  const plan = planCommit(permit.current(), permit.reason, permit.durability, work.durability);
  const unit = new UnitOfWork(system);
  const now = clock.wallNow();
  try {
    const { value, outcome } = await deps.database.withTransaction(
      settingsFor(deps, plan),
      async (transaction) => {
        const ctx: WorkContext = {
          tx: transaction.tx,
          now,
          site,
          signal,
          audit: (entry) => unit.audit(entry),
          publish: (event) => unit.publish(event),
          afterCommit: (effect) => unit.afterCommit(effect),
        };
        const result = await run(ctx);
        const requestId = uuidV7(now.getTime(), random);
        const facts = { ...system, now, site, requestId, statusCode: 200 };
        const rows = auditRows(work.action, unit.entries, facts, random);
        const last = rows.map((row) => insertAuditRow(transaction.tx, row));
        return { value: result, outcome: await transaction.commit(last) };
      },
      signal,
    );
    await runEffects({ plan, outcome }, unit, deps, signal);
    return value;
  } catch (thrown) {
    signal.throwIfAborted();
    throw portalErrorFrom(thrown);
  }
}

async function read<T>(
  run: (tx: Tx) => Promise<T>,
  deps: BackgroundDeps,
  signal: AbortSignal,
): Promise<T> {
  if (deps.permit.current() === null) {
    throw new PortalError("WRITES_PAUSED", "no permit is held", { reason: deps.permit.reason });
  }
  try {
    // Without a term the transaction is read-only.
    const settings = settingsFor(deps, { term: null, synchronousCommit: "local" });
    return await deps.database.withTransaction(
      settings,
      async (transaction) => {
        const value = await run(transaction.tx);
        await transaction.commitRead();
        return value;
      },
      signal,
    );
  } catch (thrown) {
    signal.throwIfAborted();
    throw portalErrorFrom(thrown);
  }
}
