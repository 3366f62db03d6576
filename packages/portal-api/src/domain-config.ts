import { z } from "zod";

/** Where the telephone provider is and how each side proves itself. */
export const telephonyConfigSchema = z.strictObject({
  provider: z.literal("simulator"),
  /** Base address of the provider's API, e.g. `https://127.0.0.1:24445`. */
  url: z.url(),
  /** Name in the provider's certificate; default: the host of `url`. */
  serverName: z.string().optional(),
  /** PEM file of the authority. */
  ca: z.string(),
  /** File with the token of our commands. */
  tokenFile: z.string(),
  /** File with the secret that webhooks are signed with. */
  webhookSecretFile: z.string(),
  /** Host names (with port unless 443) under which the provider may call us: the front door and both regions. */
  webhookHosts: z.array(z.string()).min(1),
  answerTimeoutMs: z.int().positive().default(2_000),
});
export type TelephonyConfig = z.infer<typeof telephonyConfigSchema>;

/** Settings of the domains; part of the portal's config file under `domains`. */
export const domainConfigSchema = z.strictObject({
  /** Null: an installation without telephony; calls are neither routed nor dialled. */
  telephony: telephonyConfigSchema.nullable().default(null),
  routing: z
    .strictObject({
      /** How often the loop looks when nobody pokes it. */
      tickMs: z.int().positive().default(250),
      /** How long a caller who was handed over by name waits for that colleague. */
      preferredSeconds: z.int().nonnegative().default(20),
    })
    .prefault({}),
});
export type DomainConfig = z.infer<typeof domainConfigSchema>;
