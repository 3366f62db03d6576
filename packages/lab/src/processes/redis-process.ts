import { readFileSync } from "node:fs";
import { ensureSecret, type Layout, type Region } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { niceness, specOf, waves } from "./spec.ts";
import { writeConfigText } from "./write-config.ts";

/**
 * Redis of one region. Holds nothing that PostgreSQL could not rebuild, so it keeps no files.
 * Whom it follows, and whether it may be written to, continuity says at run time.
 */
export function redisProcess(layout: Layout, region: Region): ProcessSpec {
  ensureSecret(layout, "redis-password");
  const file = writeConfigText(layout, `redis.${region}.conf`, redisConfig(layout, region));
  return specOf(layout, "redis", region, {
    wave: waves.services,
    nice: niceness.steering,
    command: "redis-server",
    args: [file],
    ready: { kind: "port", port: layout.ports.direct(region, "redis") },
    stopWithinMs: 3000,
  });
}

function redisConfig(layout: Layout, region: Region): string {
  const { ports } = layout;
  const tls = layout.tls("redis", region);
  const password = readFileSync(layout.secretFile("redis-password"), "utf8").trim();
  const settings: readonly (readonly [string, string | number])[] = [
    ["bind", "127.0.0.1"],
    ["port", 0],
    ["tls-port", ports.direct(region, "redis")],
    ["tls-cert-file", tls.cert],
    ["tls-key-file", tls.key],
    ["tls-ca-cert-file", tls.ca],
    ["tls-auth-clients", "optional"],
    ["tls-replication", "yes"],
    ["tls-protocols", '"TLSv1.3"'],
    ["requirepass", password],
    ["masterauth", password],
    ["save", '""'],
    ["appendonly", "no"],
    ["maxmemory", "256mb"],
    ["maxmemory-policy", "volatile-lru"],
    ["repl-diskless-sync", "yes"],
    // The default of 5 s is what a returning region would wait before its copy even begins.
    ["repl-diskless-sync-delay", 0],
    ["repl-diskless-load", "swapdb"],
    ["repl-ping-replica-period", 1],
    ["repl-timeout", 5],
    ["repl-backlog-size", "16mb"],
    ["tcp-keepalive", 5],
    ["tcp-backlog", 511],
    ["daemonize", "no"],
    ["logfile", '""'],
    ["dir", layout.processDir(region, "redis")],
  ];
  return `${settings.map(([name, value]) => `${name} ${value}`).join("\n")}\n`;
}
