import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, silentLogger, systemClock, systemRandom } from "@careline/platform";
import { Agent } from "undici";
import { buildApp, type PortalApp } from "../app.ts";
import { type PortalConfig, portalConfigSchema } from "../config.ts";
import { newKeysFile } from "../encryption/index.ts";
import { createBrowser, type StageBrowser } from "./stage-browser.ts";
import { createTestAuthority, type TestAuthority } from "./test-authority.ts";
import {
  startTestCluster,
  type TestCluster,
  type TestClusterOptions,
  type TestDatabase,
} from "./test-cluster.ts";
import { startTestIdentityProvider, type TestIdentityProvider } from "./test-identity-provider.ts";
import { startTestKeeper, type TestKeeper } from "./test-keeper.ts";
import { startTestRedis, type TestRedis } from "./test-redis.ts";

/** Servers that a file of tests shares: PostgreSQL, Redis, identity provider. */
export interface StageServers {
  readonly authority: TestAuthority;
  readonly cluster: TestCluster;
  readonly redis: TestRedis;
  readonly provider: TestIdentityProvider;
  stop(): Promise<void>;
}

/** One portal on a fresh database with a keeper of its own. */
export interface PortalStage {
  readonly app: PortalApp;
  readonly config: PortalConfig;
  readonly database: TestDatabase;
  readonly keeper: TestKeeper;
  readonly origin: string;
  browser(): StageBrowser;
  stop(): Promise<void>;
}

export async function startStageServers(options: TestClusterOptions = {}): Promise<StageServers> {
  const authority = createTestAuthority();
  const [cluster, redis, provider] = await Promise.all([
    startTestCluster(authority, options),
    startTestRedis(authority),
    startTestIdentityProvider(authority),
  ]);
  return {
    authority,
    cluster,
    redis,
    provider,
    async stop() {
      await Promise.all([cluster.stop(), redis.stop(), provider.stop()]);
      authority.remove();
    },
  };
}

export interface StageOptions {
  readonly session?: Partial<PortalConfig["session"]>;
  readonly webDir?: string;
  /** A database to share with another portal, e.g. the one that took over from. */
  readonly database?: TestDatabase;
  readonly site?: "east" | "west";
  /** Directory of the audit spool; default: a new one. */
  readonly spoolDirectory?: string;
  /** True: nothing runs beside requests. */
  readonly withoutLoops?: boolean;
  /** Port of the PostgreSQL to use instead of the cluster's, e.g. a standby's. */
  readonly databasePort?: number;
}

export async function startPortalStage(
  servers: StageServers,
  options: StageOptions = {},
): Promise<PortalStage> {
  const { authority, cluster, redis, provider } = servers;
  const database = options.database ?? (await cluster.createDatabase());
  const keeper = await startTestKeeper(authority);
  const directory = mkdtempSync(join(tmpdir(), "careline-portal-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const config = portalConfigSchema.parse({
    site: options.site ?? "east",
    listen: { host: "127.0.0.1", port: 0 },
    tls: authority.issue("portal.test"),
    publicOrigins: ["https://localhost"],
    database: {
      host: "127.0.0.1",
      port: options.databasePort ?? cluster.port,
      database: database.name,
      user: "careline_app",
      passwordFile: cluster.passwordFile,
      ca: cluster.ca,
      poolSize: 8,
      statementTimeoutMs: 3_000,
    },
    redis: { host: "127.0.0.1", port: redis.port, passwordFile: redis.passwordFile, ca: redis.ca },
    keeper: { url: keeper.url, tls: keeper.clientTls },
    identity: {
      issuer: provider.issuer,
      clientId: provider.clientId,
      clientSecretFile: file("client-secret", provider.clientSecret),
      ca: provider.ca,
    },
    session: options.session ?? {},
    keysFile: file("keys.json", JSON.stringify(stageKeys)),
    spoolDirectory: options.spoolDirectory ?? directory,
    webDir: options.webDir ?? null,
  });
  const stop = new AbortController();
  const app = await buildApp({
    config,
    clock: systemClock,
    random: systemRandom,
    log: stageLog,
    stop: stop.signal,
  });
  app.start();
  const asking = app.permit.run(stop.signal);
  await app.permit.firstAnswer();
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  const loops = options.withoutLoops === true ? [] : app.loops.map(({ run }) => run(stop.signal));
  const address = app.server.server.address();
  const origin = `https://localhost:${typeof address === "object" && address !== null ? address.port : 0}`;
  const agent = new Agent({ connect: { ca: readFileSync(authority.ca), servername: "localhost" } });
  return {
    app,
    config,
    database,
    keeper,
    origin,
    browser: () => createBrowser(origin, agent, provider),
    async stop() {
      stop.abort(new Error("the test is over"));
      app.server.server.closeAllConnections();
      await app.server.close();
      await Promise.allSettled([asking, ...loops]);
      await app.close();
      await agent.destroy();
      await keeper.stop();
      if (options.database === undefined) await database.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Set CARELINE_TEST_LOG=debug to see what the portal under test says. */
const stageLog =
  process.env.CARELINE_TEST_LOG === undefined
    ? silentLogger()
    : createLogger({ process: "portal-test", site: "east", level: process.env.CARELINE_TEST_LOG });

/** The same for every stage of a process, so that two portals can open each other's answers. */
const stageKeys = newKeysFile(systemRandom);
