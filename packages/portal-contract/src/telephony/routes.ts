import { route } from "../route.ts";
import { webhookAnswerSchema, webhookBodySchema, webhookParamsSchema } from "./schemas.ts";

export const telephonyRoutes = {
  receiveTelephonyEvents: route({
    method: "POST",
    path: "/webhooks/telephony/:provider",
    summary: "Events of the telephone provider: signed, each with an id, stored once.",
    slice: "telephony",
    access: { kind: "signed", by: "the telephone provider's shared secret" },
    durability: "local",
    idempotent: false,
    params: webhookParamsSchema,
    body: webhookBodySchema,
    bodyLimitBytes: 262_144,
    answer: webhookAnswerSchema,
    audit: "telephony_events_receive",
  }),
} as const;
