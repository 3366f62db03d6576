import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PostgresConfig, RedisConfig } from "../config.ts";
import type { TrialAuthority } from "./authority.ts";
import { freePorts, type Trial } from "./trial.ts";

/** Ports, certificates and secrets of two regions on this machine. */
export interface TwoRegions {
  readonly postgres: Readonly<Record<"east" | "west", PostgresConfig>>;
  readonly redis: Readonly<Record<"east" | "west", RedisConfig>>;
}

export async function configureTwoRegions(
  trial: Trial,
  authority: TrialAuthority,
): Promise<TwoRegions> {
  const [pgEast = 0, pgWest = 0, redisEast = 0, redisWest = 0] = await freePorts(4);
  const secret = (name: string): string => {
    const path = join(trial.dir, `${name}.secret`);
    writeFileSync(path, `${name}-secret\n`, { mode: 0o600 });
    return path;
  };
  const secrets = {
    replicationPasswordFile: secret("replication"),
    ownerPasswordFile: secret("owner"),
    appPasswordFile: secret("app"),
  };
  const redisSecret = secret("redis");
  const replicationTls = authority.issue("careline_replication", "/CN=careline_replication");
  const postgres = (site: "east" | "west", port: number, other: number): PostgresConfig => ({
    binDir: "/usr/lib/postgresql/15/bin",
    dataDir: join(trial.folder(site), "data"),
    configDir: join(trial.dir, site, "postgres"),
    socketDir: join(trial.dir, site, "socket"),
    logFile: join(trial.dir, site, "postgres.log"),
    listen: { host: "127.0.0.1", port },
    upstream: { host: "127.0.0.1", port: other },
    serverTls: authority.issue(`postgres.${site}`, `/CN=postgres.${site}`),
    replicationTls,
    ...secrets,
    maxConnections: 40,
    sharedBuffersMb: 16,
  });
  const redis = (site: "east" | "west", port: number, other: number): RedisConfig => ({
    listen: { host: "127.0.0.1", port },
    upstream: { host: "127.0.0.1", port: other },
    tls: authority.issue(`redis.${site}`, `/CN=redis.${site}`),
    passwordFile: redisSecret,
  });
  return {
    postgres: { east: postgres("east", pgEast, pgWest), west: postgres("west", pgWest, pgEast) },
    redis: { east: redis("east", redisEast, redisWest), west: redis("west", redisWest, redisEast) },
  };
}
