import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { etcdSetupConfigOf, etcdUsers, peerUrl } from "../etcd/index.ts";
import { ensureSecret, giveTo, type Layout, type Site, sites } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { niceness, nodeCommand, nodeSpec, specOf, waves } from "./spec.ts";
import { writeConfig, writeConfigText } from "./write-config.ts";

/** $0: whether the cluster is new; $1: its members, which a replaced member reads. */
const startScript = `state=$(cat "$0") members=$(cat "$1"); shift
exec etcd --initial-cluster-state="$state" --initial-cluster="$members" --pre-vote --client-cert-auth --peer-client-cert-auth "$@"`;

/** etcd of one site. Its peers are reached through the site's own CONNECT proxy of the WAN. */
export function etcdProcess(layout: Layout, site: Site): ProcessSpec {
  ensureClusterState(layout);
  const { ports } = layout;
  const tls = layout.tls("etcd", site);
  const client = `https://127.0.0.1:${ports.direct(site, "etcd")}`;
  const dataDir = join(layout.processDir(site, "etcd"), "data");
  const flags: Readonly<Record<string, string>> = {
    name: site,
    "data-dir": dataDir,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": `https://127.0.0.1:${ports.direct(site, "etcd-peer")}`,
    "initial-advertise-peer-urls": peerUrl(layout, site),
    "initial-cluster-token": `careline-${layout.settings.installation}`,
    // Round trips of 60 ms: the heartbeat above them, the election ten heartbeats.
    "heartbeat-interval": "150",
    "election-timeout": "1500",
    "trusted-ca-file": tls.ca,
    "cert-file": tls.cert,
    "key-file": tls.key,
    "peer-trusted-ca-file": tls.ca,
    "peer-cert-file": tls.cert,
    "peer-key-file": tls.key,
    "auto-compaction-retention": "1h",
    // bcrypt's cost is paid at each authentication, by every member: 4 is its lowest.
    "bcrypt-cost": "4",
    logger: "zap",
    "log-level": "warn",
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return specOf(layout, "etcd", site, {
    wave: waves.quorum,
    nice: niceness.lifeline,
    command: "/bin/sh",
    args: ["-c", startScript, layout.clusterStateFile, initialCluster(layout, site), ...args],
    before: [
      nodeCommand(layout),
      join(layout.appDir, "packages/lab/src/etcd/replace-member.ts"),
      ...["--config", memberConfig(layout, site, dataDir)],
    ],
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${ports.peerProxy(site)}`,
      NO_PROXY: "127.0.0.1,localhost",
    },
    ready: { kind: "port", port: ports.direct(site, "etcd") },
    stopWithinMs: 5000,
  });
}

/** Forms the cluster's users once all members run; does nothing when they are there. */
export function etcdSetupTask(layout: Layout): ProcessSpec {
  ensureSecret(layout, "etcd-root-password");
  for (const { name } of etcdUsers) ensureSecret(layout, `etcd-${name}-password`);
  writeConfig(layout, "etcd-setup.witness.json", etcdSetupConfigOf(layout));
  return nodeSpec(layout, "etcd-setup", "witness", "lab/src/etcd/setup.ts", {
    wave: waves.services,
    ready: { kind: "exit" },
  });
}

/** All three, until a member is replaced: that one must name those that are there at that moment. */
function initialCluster(layout: Layout, site: Site): string {
  const all = sites.map((each) => `${each}=${peerUrl(layout, each)}`).join(",");
  return writeConfigText(layout, `etcd-initial-cluster.${site}`, all);
}

function memberConfig(layout: Layout, site: Site, dataDir: string): string {
  return writeConfig(layout, `etcd-member.${site}.json`, {
    ...etcdSetupConfigOf(layout, site),
    member: { name: site, peerUrl: peerUrl(layout, site), dataDir },
    initialClusterFile: layout.configFile(`etcd-initial-cluster.${site}`),
  });
}

function ensureClusterState(layout: Layout): void {
  if (existsSync(layout.clusterStateFile)) return;
  writeFileSync(layout.clusterStateFile, "new\n", { mode: 0o600 });
  giveTo(layout.owner, layout.clusterStateFile);
}
