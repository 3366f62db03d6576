import { describeError } from "@careline/platform";
import { problems } from "@careline/portal-contract";
import { auditRows, insertAuditRow } from "../audit/index.ts";
import type { PortalError } from "../problems/index.ts";
import type { Incoming } from "./exchange.ts";
import type { ServingDeps } from "./serving-deps.ts";
import type { KnownSession } from "./session-reader.ts";
import { actorOf, settingsOf } from "./work-context.ts";

/** Refusals that the trail keeps: somebody known tried what they may not do, or a sign-in failed. */
const kept = new Set<string>([
  "PERMISSION_DENIED",
  "CSRF_REFUSED",
  "SESSION_LOCKED",
  "SIGNATURE_INVALID",
  "SIGN_IN_REFUSED",
  "MFA_REQUIRED",
  "ACCOUNT_UNKNOWN",
  "ACCOUNT_CLOSED",
  "UNLOCK_OTHER_PERSON",
  "UNLOCK_NOT_FRESH",
]);

/**
 * Writes the audit row of a refusal in a transaction of its own (`local`), because the request's was rolled back or never began.
 * Without a permit or a database the refusal still stands; the log has it.
 */
export async function auditRefusal(
  incoming: Incoming,
  known: KnownSession | null,
  error: PortalError,
  deps: ServingDeps,
): Promise<void> {
  const permit = deps.permit.current();
  if (!kept.has(error.code) || permit === null) return;
  const session = known?.session ?? null;
  const settings = settingsOf(incoming, session, deps, {
    term: permit.term,
    synchronousCommit: "local",
  });
  const facts = {
    ...actorOf(incoming, session),
    now: incoming.now,
    site: deps.site,
    requestId: incoming.requestId,
    statusCode: problems[error.code as keyof typeof problems].status,
  };
  const entry = {
    resourceType: "route",
    resourceId: incoming.operation,
    details: { code: error.code },
  };
  const [row] = auditRows("refused", [entry], facts, deps.random);
  try {
    await deps.database.withTransaction(
      settings,
      async (transaction) => {
        if (row !== undefined) await transaction.commitRead([insertAuditRow(transaction.tx, row)]);
      },
      incoming.signal,
    );
  } catch (thrown) {
    deps.log.error(
      { error: describeError(thrown), requestId: incoming.requestId },
      "a refusal was not audited",
    );
  }
}
