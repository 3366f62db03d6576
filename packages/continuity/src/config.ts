import {
  defaultParameters,
  defaultPolicy,
  type Parameters,
  type Policy,
} from "@careline/continuity-core";
import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";

/** Configuration files of the two daemons. Secrets are paths to files of mode 0600. */

const portNumber = z.number().int().min(1).max(65_535);
const addressSchema = z.strictObject({ host: z.string().default("127.0.0.1"), port: portNumber });
export type Address = z.infer<typeof addressSchema>;

const dataSite = z.enum(["east", "west"]);
const site = z.enum(["east", "west", "witness"]);

export const storeConfigSchema = z.strictObject({
  /** The own site's member first. `name` is the member's name in etcd. */
  members: z.array(z.strictObject({ name: z.string(), url: z.url() })).min(1),
  /** etcd 3.4's JSON gateway refuses client certificates with a common name: this one has none. */
  tls: tlsFilesSchema,
  user: z.string(),
  passwordFile: z.string(),
});
export type StoreConfig = z.infer<typeof storeConfigSchema>;

export const postgresConfigSchema = z.strictObject({
  binDir: z.string().default("/usr/lib/postgresql/15/bin"),
  dataDir: z.string(),
  /** Generated configuration, data id, quarantine; written by this product only. */
  configDir: z.string(),
  /** Unix socket; its path must stay below 100 characters. */
  socketDir: z.string(),
  logFile: z.string(),
  listen: addressSchema,
  /** The other region's PostgreSQL as reached from here (through the WAN). */
  upstream: addressSchema,
  serverTls: tlsFilesSchema,
  /** Client certificate with common name `careline_replication`. */
  replicationTls: tlsFilesSchema,
  replicationPasswordFile: z.string(),
  ownerPasswordFile: z.string(),
  appPasswordFile: z.string(),
  maxConnections: z.number().int().positive().default(150),
  sharedBuffersMb: z.number().int().positive().default(64),
});
export type PostgresConfig = z.infer<typeof postgresConfigSchema>;

export const redisConfigSchema = z.strictObject({
  /** This region's Redis. */
  listen: addressSchema,
  /** The other region's Redis as reached from here (through the WAN). */
  upstream: addressSchema,
  tls: tlsFilesSchema,
  passwordFile: z.string(),
});
export type RedisConfig = z.infer<typeof redisConfigSchema>;

/** Overrides of the plan's durations, in milliseconds; the rest are `defaultParameters`. */
const parametersSchema = z
  .partialRecord(z.enum(Object.keys(defaultParameters) as [keyof Parameters]), z.number())
  .default({})
  .transform((given): Parameters => ({ ...defaultParameters, ...given }));

export const keeperConfigSchema = z.strictObject({
  site: dataSite,
  system: z.string().default("portal"),
  listen: addressSchema,
  tls: tlsFilesSchema,
  otherKeeper: z.strictObject({ url: z.url() }),
  store: storeConfigSchema,
  parameters: parametersSchema,
  postgres: postgresConfigSchema,
  redis: redisConfigSchema,
  /** Locked while this keeper runs; a second keeper of the site does not start. */
  lockFile: z.string(),
  logLevel: z.string().default("info"),
});
export type KeeperConfig = z.infer<typeof keeperConfigSchema>;

/** What a plan allows and asks for; the same at all sites of a system. Whatever is absent is `defaultPolicy`. */
const policySchema = z
  .strictObject({
    rpoMs: z.number().nonnegative().optional(),
    strengthenAfterMs: z.number().positive().optional(),
    strengthenLagBytesMax: z.number().positive().optional(),
    cooldownMs: z.number().nonnegative().optional(),
    /** Automatic failovers that may complete within an hour (3 unless given); the next one waits for a person. */
    failoversPerHourMax: z.number().int().positive().optional(),
    rejoinAfterMs: z.number().positive().optional(),
    takeBackAfterMs: z.number().positive().optional(),
    quorumAgeMaxMs: z.number().positive().optional(),
    /** Whether writes of class geo are acknowledged, and labelled so, while no standby is safe. */
    acceptUnprotected: z.boolean().optional(),
  })
  .transform((given): Policy => ({ ...defaultPolicy, ...withoutUndefined(given) }));

function withoutUndefined<T extends object>(
  given: T,
): { [K in keyof T]-?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as never;
}

/** What only a controller of a data site has. */
const regionSchema = z.strictObject({
  keeper: z.strictObject({ url: z.url() }),
  postgres: postgresConfigSchema,
  redis: redisConfigSchema,
});
export type RegionConfig = z.infer<typeof regionSchema>;

export const controllerConfigSchema = z
  .strictObject({
    site,
    system: z.string().default("portal"),
    listen: addressSchema,
    tls: tlsFilesSchema,
    store: storeConfigSchema,
    parameters: parametersSchema,
    /** Present in east and west, absent at the witness. */
    region: regionSchema.optional(),
    /** The other sites' controllers as reached from here. */
    controllers: z.partialRecord(site, z.strictObject({ url: z.url() })),
    /** Each region's portal as reached from here (`/health`, no client certificate). */
    portals: z.partialRecord(dataSite, z.strictObject({ url: z.url() })).default({}),
    /** For verification with a request through the front door; absent: verified at the portal. */
    frontDoor: z.strictObject({ url: z.url(), ca: z.string() }).optional(),
    /** The primary of a new installation, and where failback returns to. */
    homeSite: dataSite.default("east"),
    policy: policySchema.prefault({}),
    /** Quarantined copies are kept this long after their report; their deletion leaves a proof. */
    quarantineDays: z.number().positive().default(30),
    /**
     * Tables whose rows a salvage never brings back: what grants access, drives a device, or is bookkeeping of its own region.
     * Bringing back a sent command would send it again.
     */
    neverMerged: z
      .array(z.string())
      .default([
        "portal.sessions",
        "portal.session_activity",
        "portal.patient_openings",
        "portal.idempotency",
        "portal.audit_replication_marks",
        "portal.migrations",
        "portal.telephony_commands",
        "portal.telephony_events",
        "portal.telephony_unprojected",
        "portal.agent_presence",
        "portal.call_offers",
      ]),
    /** Reports of runs, as evidence for people; nothing is decided from it. */
    evidenceDir: z.string(),
    logLevel: z.string().default("info"),
  })
  .refine((config) => (config.site === "witness") === (config.region === undefined), {
    message: "east and west have a region, the witness has none",
    path: ["region"],
  });
export type ControllerConfig = z.infer<typeof controllerConfigSchema>;
