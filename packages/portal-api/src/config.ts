import { tlsFilesSchema } from "@careline/platform";
import { siteSchema } from "@careline/portal-contract";
import { z } from "zod";
import { domainConfigSchema } from "./domain-config.ts";

const milliseconds = z.int().positive();

/** How to reach PostgreSQL. TLS with the installation's authority; the password comes from a file. */
export const databaseConfigSchema = z.strictObject({
  host: z.string(),
  port: z.int(),
  /** Name in the server's certificate; default: `host`. */
  serverName: z.string().optional(),
  database: z.string().default("careline"),
  user: z.string(),
  passwordFile: z.string(),
  /** PEM file of the authority. */
  ca: z.string(),
});
export type DatabaseConfig = z.infer<typeof databaseConfigSchema>;

/** The portal's config file (`node packages/portal-api/src/main.ts --config portal.json`). */
export const portalConfigSchema = z.strictObject({
  site: siteSchema,
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  /** Certificate of this server; `ca` is not used to ask clients for certificates. */
  tls: tlsFilesSchema,
  /** Addresses at which browsers reach the portal, e.g. `https://localhost:8443`. The first is used for redirects. */
  publicOrigins: z.array(z.url()).min(1),
  /** Addresses whose X-Forwarded-For is believed: the front door's. */
  trustedProxies: z.array(z.string()).default(["127.0.0.1", "::1"]),
  database: databaseConfigSchema.extend({
    /** Connections for requests and the portal's own loops together. */
    poolSize: z.int().positive().default(16),
    poolWaitMs: milliseconds.default(2_000),
    statementTimeoutMs: milliseconds.default(5_000),
    connectTimeoutMs: milliseconds.default(2_000),
  }),
  redis: z.strictObject({
    host: z.string(),
    port: z.int(),
    serverName: z.string().optional(),
    passwordFile: z.string(),
    ca: z.string(),
    commandTimeoutMs: milliseconds.default(250),
  }),
  keeper: z.strictObject({
    /** e.g. `https://127.0.0.1:7101`. */
    url: z.url(),
    /** Client certificate with common name `portal.<site>`. */
    tls: tlsFilesSchema,
    /** Name in the keeper's certificate; default: the host of `url`. */
    serverName: z.string().optional(),
    askEachMs: milliseconds.default(100),
    answerTimeoutMs: milliseconds.default(400),
  }),
  identity: z.strictObject({
    issuer: z.url(),
    clientId: z.string(),
    clientSecretFile: z.string(),
    ca: z.string(),
    /** Where to connect instead of the issuer's own address (its name stays the one that is verified). */
    connectTo: z.strictObject({ host: z.string(), port: z.int() }).optional(),
    answerTimeoutMs: milliseconds.default(5_000),
    /** Values of `acr`, and of `amr`, any one of which proves a second factor. */
    mfaAcr: z.array(z.string()).default(["urn:careline:mfa"]),
    mfaAmr: z.array(z.string()).default(["mfa", "otp", "hwk"]),
  }),
  session: z
    .strictObject({
      warnAfterMs: milliseconds.default(13 * 60_000),
      lockAfterMs: milliseconds.default(15 * 60_000),
      /** A session ends at this age, whatever its activity. */
      endAfterMs: milliseconds.default(12 * 3_600_000),
    })
    .prefault({}),
  /** JSON file of the region-escrowed keys, the same in both regions. See docs/reference/portal-config.md. */
  keysFile: z.string(),
  /** Directory for the audit spool of emergency reads; must exist and be writable by this process only. */
  spoolDirectory: z.string(),
  /** Built screens (packages/portal-web/dist); null serves the API only. */
  webDir: z.string().nullable(),
  demo: z.boolean().default(false),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
  domains: domainConfigSchema.prefault({}),
});
export type PortalConfig = z.infer<typeof portalConfigSchema>;

/** Config file of `migrate.ts`. */
export const migrateConfigSchema = z.strictObject({
  site: siteSchema,
  /** As role `careline_owner`. */
  database: databaseConfigSchema,
});
export type MigrateConfig = z.infer<typeof migrateConfigSchema>;
