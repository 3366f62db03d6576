import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLogger, readConfig, readSecret, runProcess } from "@careline/platform";
import postgres from "postgres";
import { z } from "zod";
import { migrateConfigSchema, portalConfigSchema } from "../config.ts";
import { createFieldCipher, KeyRing } from "../encryption/index.ts";
import { fillDatabase } from "./fill-database.ts";

/**
 * `node packages/portal-api/src/demo/seed.ts --config portal.json --owner-config migrate.json [--agents 60] [--patients 3000]`:
 * fills a demonstration installation. The portal's config names the keys, the owner's the database.
 */
const { values } = parseArgs({
  options: {
    config: { type: "string" },
    "owner-config": { type: "string" },
    agents: { type: "string", default: "60" },
    patients: { type: "string", default: "3000" },
  },
});
const options = z
  .object({
    config: z.string(),
    "owner-config": z.string(),
    agents: z.coerce.number().int().min(1).max(500),
    patients: z.coerce.number().int().min(0).max(2_000_000),
  })
  .parse(values);
const portal = readConfig(options.config, portalConfigSchema);
const { database, site } = readConfig(options["owner-config"], migrateConfigSchema);
const log = createLogger({ process: "portal-seed", site });

await runProcess(log, async () => {
  const sql = postgres({
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: readSecret(database.passwordFile),
    ssl: { ca: readFileSync(database.ca), servername: database.serverName ?? database.host },
    max: 1,
    onnotice: () => {},
  });
  try {
    const { agents, patients } = options;
    await fillDatabase(sql, createFieldCipher(KeyRing.read(portal.keysFile)), { agents, patients });
    log.info({ agents, patients }, "demonstration data are there");
  } finally {
    await sql.end({ timeout: 5 });
  }
});
