import {
  headerNames,
  type InputOf,
  type RouteDefinition,
  takesKey,
} from "@careline/portal-contract";
import { auditRows, insertAuditRow } from "../audit/index.ts";
import type { CommitOutcome, Transaction } from "../database/index.ts";
import {
  claimKey,
  parseKey,
  type RequestIdentity,
  requestHash,
  sealAnswer,
} from "../idempotency/index.ts";
import { isActivity } from "./admission.ts";
import { type CommitPlan, planCommit } from "./durability.ts";
import { refuseAfterOlderTerm } from "./earlier-write.ts";
import type { Finish, Incoming } from "./exchange.ts";
import { finishWrite, runEffects } from "./finish-write.ts";
import { type EncodedAnswer, encodeAnswer } from "./outgoing.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { KnownSession } from "./session-reader.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { actorOf, requestContext, settingsOf } from "./work-context.ts";

interface Written {
  readonly answer: EncodedAnswer;
  readonly outcome: CommitOutcome;
  readonly isReplay: boolean;
}

/**
 * One write (portal.md, "Rules every write follows"): permit → one transaction with context, key, domain rows, audit rows and stored
 * answer → commit with the route's durability → permit again → answer. Three flights to the database beside the handler's own.
 */
export async function serveWrite(
  incoming: Incoming,
  input: InputOf<RouteDefinition>,
  known: KnownSession | null,
  deps: ServingDeps,
): Promise<Finish> {
  const { route, handler } = incoming;
  const durabilityClass = route.durability === "geo" ? "geo" : "local";
  const { permit } = deps;
  const identity = identityOf(incoming, known);
  const prepared = await handler.prepare?.(incoming, input);
  const plan = planCommit(permit.current(), permit.reason, permit.durability, durabilityClass);
  const unit = new UnitOfWork(actorOf(incoming, known?.session ?? null));
  const settings = settingsOf(incoming, known?.session ?? null, deps, plan);
  const written = await deps.database.withTransaction(
    settings,
    async (transaction): Promise<Written> => {
      const first = identity === null ? null : await claimKey(transaction.tx, deps.keys, identity);
      if (first !== null) return replay(incoming, first, unit, transaction, deps);
      refuseAfterOlderTerm(incoming.headers, plan.term);
      const ctx = requestContext(incoming, known, transaction.tx, unit, deps);
      const answer = encodeAnswer(route, await handler.run(ctx, input, prepared));
      const keep =
        identity === null ? null : await sealAnswer(deps.keys, identity, answer, incoming.now);
      const last = auditStatements(incoming, unit, transaction, answer.status, deps);
      if (keep !== null) last.push(keep(transaction.tx));
      if (known?.isActivityDue === true && isActivity(incoming)) {
        last.push(deps.sessions.keepActivity(transaction.tx, known, incoming.now));
      }
      return { answer, outcome: await transaction.commit(last), isReplay: false };
    },
    incoming.signal,
  );
  return afterCommit(incoming, plan, unit, written, deps);
}

function identityOf(incoming: Incoming, known: KnownSession | null): RequestIdentity | null {
  if (!takesKey(incoming.route) || known === null) return null;
  return {
    agentId: known.session.agentId,
    key: parseKey(incoming.headers[headerNames.idempotencyKey]),
    hash: requestHash(
      incoming.method,
      incoming.url,
      incoming.headers["if-match"],
      incoming.rawBody,
    ),
  };
}

function auditStatements(
  incoming: Incoming,
  unit: UnitOfWork,
  transaction: Transaction,
  statusCode: number,
  deps: ServingDeps,
  action = incoming.route.audit,
): PromiseLike<unknown>[] {
  if (action === null && unit.entries.length === 0) return [];
  const facts = {
    ...unit.actor,
    now: incoming.now,
    site: deps.site,
    requestId: incoming.requestId,
    statusCode,
  };
  const rows = auditRows(action ?? incoming.operation, unit.entries, facts, deps.random);
  return rows.map((row) => insertAuditRow(transaction.tx, row));
}

/**
 * The first answer again, after a commit of its own with the route's durability: a geo commit of this audit row proves that the older
 * commit, whose wait may have been cut short, reached the other region (continuity.md, "Durability").
 */
async function replay(
  incoming: Incoming,
  first: {
    readonly status: number;
    readonly version: number | null;
    readonly body: Uint8Array | null;
  },
  unit: UnitOfWork,
  transaction: Transaction,
  deps: ServingDeps,
): Promise<Written> {
  unit.audit({
    resourceType: "idempotency_key",
    resourceId: String(incoming.headers[headerNames.idempotencyKey]),
  });
  const last = auditStatements(incoming, unit, transaction, first.status, deps, "answer_repeat");
  const headers: Record<string, string> =
    first.body === null ? {} : { "content-type": "application/json" };
  return { answer: { ...first, headers }, outcome: await transaction.commit(last), isReplay: true };
}

async function afterCommit(
  incoming: Incoming,
  plan: CommitPlan,
  unit: UnitOfWork,
  written: Written,
  deps: ServingDeps,
): Promise<Finish> {
  const commit = { plan, outcome: written.outcome };
  await runEffects(commit, unit, deps, incoming.signal);
  const repeated: Record<string, string> = written.isReplay
    ? { [headerNames.replayed]: "true" }
    : {};
  return () => finishWrite(commit, written.answer, repeated, deps);
}
