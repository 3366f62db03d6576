import { describeError, type Logger, readSecret } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import {
  webhookSignatureHeader,
  webhookTimestampHeader,
} from "@careline/portal-contract/telephony/schemas.ts";
import type { TelephonyConfig } from "../domain-config.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler, type WorkContext } from "../serving/index.ts";
import { storeEvents } from "./event-log.sql.ts";
import { projectCall } from "./projection.ts";
import { verifyWebhook } from "./webhook-signature.ts";

/**
 * Projects one call behind a savepoint: events are stored whatever becomes of the projection, so that one call that cannot be
 * projected does not hold up the provider's other events. Reconciliation tries it again.
 */
export async function projectSafely(
  ctx: WorkContext,
  log: Logger,
  provider: string,
  providerCallId: string,
): Promise<boolean> {
  await ctx.tx`savepoint projection`;
  try {
    await projectCall(ctx, provider, providerCallId);
    await ctx.tx`release savepoint projection`;
    return true;
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    await ctx.tx`rollback to savepoint projection`;
    log.error({ error: describeError(thrown), provider }, "call not projected");
    return false;
  }
}

/** Handler of the provider's webhook: verified against every host name of ours, stored once, projected. */
export function webhookHandlers(
  config: TelephonyConfig | null,
  log: Logger,
): readonly RegisteredHandler[] {
  const secret = config === null ? null : readSecret(config.webhookSecretFile);
  const receive = handle(routes.receiveTelephonyEvents, async (ctx, { params, body }) => {
    if (config === null || secret === null || ctx.signed === null) {
      throw new PortalError("SIGNATURE_INVALID", "this installation has no telephony");
    }
    const verdict = verifyWebhook(
      {
        timestamp: ctx.signed.headers.get(webhookTimestampHeader),
        signature: ctx.signed.headers.get(webhookSignatureHeader),
        path: `/webhooks/telephony/${params.provider}`,
        body: Buffer.from(ctx.signed.rawBody).toString("utf8"),
      },
      secret,
      config.webhookHosts,
      Math.floor(ctx.now.getTime() / 1_000),
    );
    if (verdict.kind === "invalid") {
      throw new PortalError("SIGNATURE_INVALID", `webhook refused: ${verdict.why}`);
    }
    const stored = await storeEvents(ctx, params.provider, body.events, "webhook");
    for (const callId of new Set(body.events.map((event) => event.providerCallId))) {
      await projectSafely(ctx, log, params.provider, callId);
    }
    ctx.audit({
      resourceType: "telephony",
      resourceId: null,
      details: { events: body.events.length, stored },
    });
    return { body: { stored, known: body.events.length - stored } };
  });
  return [receive];
}
