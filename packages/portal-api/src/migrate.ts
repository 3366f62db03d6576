import { readFileSync } from "node:fs";
import {
  configPathFrom,
  createLogger,
  readConfig,
  readSecret,
  runProcess,
} from "@careline/platform";
import postgres from "postgres";
import { migrateConfigSchema } from "./config.ts";
import { migrate, readMigrations } from "./database/index.ts";

/** `node packages/portal-api/src/migrate.ts --config migrate.json`: brings the primary to the newest migration. */
const config = readConfig(configPathFrom(process.argv), migrateConfigSchema);
const log = createLogger({ process: "portal-migrate", site: config.site });

await runProcess(log, async () => {
  const { database } = config;
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
    const applied = await migrate(sql, readMigrations());
    log.info({ applied }, applied.length === 0 ? "nothing to migrate" : "migrated");
  } finally {
    await sql.end({ timeout: 5 });
  }
});
