import type { InputOf, RouteDefinition } from "@careline/portal-contract";
import { auditRows, insertAuditRow } from "../audit/index.ts";
import { isActivity } from "./admission.ts";
import type { Finish, Incoming } from "./exchange.ts";
import { encodeAnswer, outgoing } from "./outgoing.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { KnownSession } from "./session-reader.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { actorOf, requestContext, settingsOf } from "./work-context.ts";

/**
 * One read in the region that holds the permit: the handler's statements travel with BEGIN, the audit rows with COMMIT, which waits for
 * this region's disk only. What it shows was committed, so nothing is acknowledged and the permit is not asked again.
 */
export async function serveRead(
  incoming: Incoming,
  input: InputOf<RouteDefinition>,
  known: KnownSession | null,
  term: number,
  deps: ServingDeps,
): Promise<Finish> {
  const { route, handler } = incoming;
  const session = known?.session ?? null;
  const unit = new UnitOfWork(actorOf(incoming, session));
  const prepared = await handler.prepare?.(incoming, input);
  const settings = settingsOf(incoming, session, deps, { term, synchronousCommit: "local" });
  const answer = await deps.database.withTransaction(
    settings,
    async (transaction) => {
      const ctx = requestContext(incoming, known, transaction.tx, unit, deps);
      const encoded = encodeAnswer(route, await handler.run(ctx, input, prepared));
      const facts = {
        ...unit.actor,
        now: incoming.now,
        site: deps.site,
        requestId: incoming.requestId,
        statusCode: encoded.status,
      };
      const isAudited = route.audit !== null || unit.entries.length > 0;
      const rows = isAudited
        ? auditRows(route.audit ?? incoming.operation, unit.entries, facts, deps.random)
        : [];
      const last = rows.map((row) => insertAuditRow(transaction.tx, row));
      if (known?.isActivityDue === true && isActivity(incoming)) {
        last.push(deps.sessions.keepActivity(transaction.tx, known, incoming.now));
      }
      await transaction.commitRead(last);
      return encoded;
    },
    incoming.signal,
  );
  for (const event of unit.events) deps.events.publish(event);
  return () => outgoing(answer, { "cache-control": "no-store" });
}
