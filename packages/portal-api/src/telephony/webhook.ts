import { readSecret } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import {
  webhookSignatureHeader,
  webhookTimestampHeader,
} from "@careline/portal-contract/telephony/schemas.ts";
import type { TelephonyConfig } from "../domain-config.ts";
import { PortalError } from "../problems/index.ts";
import { handle, type RegisteredHandler } from "../serving/index.ts";
import { storeEvents } from "./event-log.sql.ts";
import { verifyWebhook } from "./webhook-signature.ts";

/**
 * Handler of the provider's webhook: verified against every host name of ours, stored once, answered. `onStored` wakes the loop that
 * projects: what an event does to a call is not the provider's to wait for.
 */
export function webhookHandlers(
  config: TelephonyConfig | null,
  onStored: () => void,
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
    ctx.audit({
      resourceType: "telephony",
      resourceId: null,
      details: { events: body.events.length, stored },
    });
    ctx.afterCommit(() => Promise.resolve(onStored()));
    return { body: { stored, known: body.events.length - stored } };
  });
  return [receive];
}
