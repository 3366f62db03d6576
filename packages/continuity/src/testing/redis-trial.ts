import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RedisConfig } from "../config.ts";
import type { Trial } from "./trial.ts";

/** A real Redis of one region: TLS only, password, as the lab runs it. */
export function startRedis(trial: Trial, site: string, config: RedisConfig): ChildProcess {
  const dir = trial.folder(site);
  const secret = readFileSync(config.passwordFile, "utf8").trim();
  return trial.spawn(`redis-${site}`, "redis-server", [
    ...["--port", "0", "--tls-port", String(config.listen.port), "--bind", config.listen.host],
    ...["--tls-cert-file", config.tls.cert, "--tls-key-file", config.tls.key],
    ...["--tls-ca-cert-file", config.tls.ca, "--tls-auth-clients", "optional"],
    ...["--tls-replication", "yes", "--requirepass", secret, "--masterauth", secret],
    ...["--dir", dir, "--pidfile", join(dir, "redis.pid"), "--appendonly", "yes"],
    ...["--repl-diskless-sync-delay", "0"],
  ]);
}
