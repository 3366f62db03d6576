import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  configPathFrom,
  createLogger,
  readConfig,
  readSecret,
  runProcess,
  systemClock,
} from "@careline/platform";
import { runProgram, tryProgram } from "../layout/index.ts";
import { type DatabaseTaskConfig, databaseTaskConfigSchema } from "./database-task-config.ts";

/**
 * Waits until a region's PostgreSQL accepts writes (after a failover that may be either one), then
 * runs the portal's migrations and its demonstration seed there. Both change nothing when done before.
 */
const log = createLogger({ process: "database-task", site: "edge" });
const betweenLooksMs = 200;
const looksMax = 450;

type Target = DatabaseTaskConfig["regions"][number];

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), databaseTaskConfigSchema);
  const target = await findPrimary(config, signal);
  log.info({ region: target.region }, "this region accepts writes");
  const script = (path: string): string => join(config.packagesDir, path);
  const run = async (path: string, ...args: readonly string[]): Promise<void> => {
    const beganMs = systemClock.monotonicMs();
    const { stdout } = await runProgram(config.node, [script(path), ...args], {}, signal);
    process.stdout.write(stdout);
    log.info({ path, tookMs: Math.round(systemClock.monotonicMs() - beganMs) }, "done");
  };
  await run("portal-api/src/migrate.ts", "--config", target.migrateConfig);
  await run(
    "portal-api/src/demo/seed.ts",
    "--config",
    target.portalConfig,
    "--owner-config",
    target.migrateConfig,
    ...config.seedArguments,
  );
});

async function findPrimary(config: DatabaseTaskConfig, signal: AbortSignal): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), "careline-pgpass-"));
  const passFile = join(dir, "pgpass");
  try {
    writeFileSync(passFile, `*:*:*:*:${readSecret(config.ownerPasswordFile)}\n`);
    chmodSync(passFile, 0o600);
    for (let look = 0; look < looksMax; look += 1) {
      for (const target of config.regions) {
        if (await acceptsWrites(target, config.ca, passFile, signal)) return target;
      }
      await systemClock.sleep(betweenLooksMs, signal);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  throw new Error("no region's PostgreSQL accepts writes");
}

async function acceptsWrites(
  target: Target,
  ca: string,
  passFile: string,
  signal: AbortSignal,
): Promise<boolean> {
  const where = `host=${target.host} port=${target.port} user=careline_owner dbname=careline sslmode=verify-full sslrootcert=${ca} connect_timeout=2`;
  const { exitCode, stdout } = await tryProgram(
    "psql",
    ["--no-psqlrc", "-At", "-d", where, "-c", "select pg_is_in_recovery()"],
    { env: { PGPASSFILE: passFile, HOME: tmpdir() } },
    signal,
  );
  return exitCode === 0 && stdout.trim() === "f";
}
