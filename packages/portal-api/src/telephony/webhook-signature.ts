import { createHmac, timingSafeEqual } from "node:crypto";
import { webhookSignatureInput } from "@careline/portal-contract/telephony/schemas.ts";

/** 300 s: what Stripe and Twilio's guides allow; a repeat inside it is caught by the events' ids. */
export const replayWindowSeconds = 300;

export interface SignedWebhook {
  /** Header `careline-webhook-timestamp`, whole seconds. */
  readonly timestamp: string | undefined;
  /** Header `careline-webhook-signature`, `v1=<hex>`. */
  readonly signature: string | undefined;
  readonly path: string;
  readonly body: string;
}

export type WebhookVerdict =
  | { readonly kind: "valid"; readonly host: string }
  | { readonly kind: "invalid"; readonly why: "headers" | "time" | "signature" };

/** The `v1=` signature of a webhook sent to `host`. */
export function signWebhook(
  secret: string,
  parts: { timestampSeconds: number; host: string; path: string; body: string },
): string {
  return `v1=${createHmac("sha256", secret).update(webhookSignatureInput(parts)).digest("hex")}`;
}

/**
 * Whether a webhook is the provider's. It signs the host name it called, and two regions (and the
 * front door) mean several: each of `hosts` is tried, in constant time each.
 */
export function verifyWebhook(
  webhook: SignedWebhook,
  secret: string,
  hosts: readonly string[],
  nowSeconds: number,
): WebhookVerdict {
  const { timestamp, signature } = webhook;
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) {
    return { kind: "invalid", why: "headers" };
  }
  const timestampSeconds = Number(timestamp);
  if (Math.abs(nowSeconds - timestampSeconds) > replayWindowSeconds) {
    return { kind: "invalid", why: "time" };
  }
  const given = Buffer.from(signature);
  for (const host of hosts) {
    const expected = Buffer.from(
      signWebhook(secret, { timestampSeconds, host, path: webhook.path, body: webhook.body }),
    );
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      return { kind: "valid", host };
    }
  }
  return { kind: "invalid", why: "signature" };
}
