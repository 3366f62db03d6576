import { mkdirSync, writeFileSync } from "node:fs";
import { medianOf } from "@careline/lab/drill/report.ts";
import { systemClock as clock } from "@careline/platform";
import { Formation } from "./formation.ts";
import { PatroniPair } from "./patroni.ts";
import type { Peer, PeerHost } from "./peer.ts";
import { PeerWriters } from "./peer-writers.ts";

/**
 * `node bench/failover/run-peers.ts [runs] [one-way ms] [faults] [peer]`: another product on this machine, seen by ten writers.
 * `faults`: kill,hang,switchover, or some of them. `peer`: pg-auto-failover (at its fastest settings that lose nothing) or patroni.
 * Writes results/<peer>-<fault>.json.
 */
const runs = Number(process.argv[2] ?? 10);
const oneWayMs = Number(process.argv[3] ?? 30);
const faults = (process.argv[4] ?? "kill,hang,switchover").split(",") as Fault[];
const peerName = process.argv[5] ?? "pg-auto-failover";
const peers: Record<string, (portBase: number) => Peer> = {
  "pg-auto-failover": (portBase) => new Formation(portBase),
  patroni: (portBase) => new PatroniPair(portBase),
};
const writersCount = 10;
const limitMs = 120_000;

type Fault = "kill" | "hang" | "switchover";
interface PeerRun {
  readonly outageMs: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly errorsSeen: number;
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const end = clock.monotonicMs() + limitMs;
  while (!isTrue()) {
    if (clock.monotonicMs() > end) throw new Error(`not in time: ${what}`);
    await clock.sleep(50);
  }
}

async function cause(peer: Peer, fault: Fault, host: PeerHost): Promise<void> {
  if (fault === "kill") peer.signalHost(host, "SIGKILL");
  else if (fault === "hang") peer.signalHost(host, "SIGSTOP");
  else await peer.switchOver();
}

function heal(peer: Peer, fault: Fault, host: PeerHost): void {
  if (fault === "kill") peer.startHost(host);
  if (fault === "hang") peer.signalHost(host, "SIGCONT");
}

async function oneRun(peer: Peer, fault: Fault): Promise<PeerRun> {
  const primary = await peer.untilWhole();
  const writers = new PeerWriters(peer.hosts, writersCount);
  await clock.sleep(2_000);
  const faultAtMs = clock.monotonicMs();
  await cause(peer, fault, primary);
  await clock.sleep(500);
  await until(() => writers.isServed(clock.monotonicMs() - 500), "writers are served again");
  await clock.sleep(3_000);
  const untilMs = clock.monotonicMs();
  heal(peer, fault, primary);
  // What comes back may say for a moment what it knew before.
  await clock.sleep(2_000);
  const now = await peer.untilWhole();
  await writers.stop();
  const keys = [...new Set(writers.acked.map((ack) => ack.key))];
  const missing = await peer.sql(
    now,
    `select count(*) from unnest('{${keys.join(",")}}'::uuid[]) as wanted (key) where not exists (select from acknowledged where acknowledged.key = wanted.key)`,
  );
  await peer.sql(now, "truncate acknowledged");
  return {
    outageMs: Math.round(writers.outage(faultAtMs, untilMs)?.outageMs ?? 0),
    acknowledged: keys.length,
    lost: Number(missing),
    errorsSeen: writers.errors,
  };
}

const makePeer = peers[peerName];
if (makePeer === undefined) throw new Error(`peers: ${Object.keys(peers).join(", ")}`);
const peer = makePeer(27_300);
const directory = new URL("results/", import.meta.url);
mkdirSync(directory, { recursive: true });

/** After each run, so that a peer that does not come back from one costs no other. */
function write(fault: Fault, done: readonly PeerRun[]): void {
  const outages = done.map((run) => run.outageMs).toSorted((a, b) => a - b);
  const summary = {
    peer: peer.label,
    fault,
    oneWayMs,
    writers: writersCount,
    outageMs: { min: outages[0], median: medianOf(outages), max: outages.at(-1) },
    lost: done.reduce((sum, run) => sum + run.lost, 0),
    runs: done,
  };
  const file = new URL(`${peerName}-${fault}.json`, directory);
  writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
}

try {
  await peer.start(oneWayMs);
  await peer.sql(
    await peer.untilWhole(),
    "create table acknowledged (key uuid primary key, client text not null, at timestamptz not null default now())",
  );
  for (const fault of faults) {
    const done: PeerRun[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const result = await oneRun(peer, fault);
      done.push(result);
      write(fault, done);
      process.stdout.write(`${fault} ${run}/${runs}: ${JSON.stringify(result)}\n`);
    }
  }
} finally {
  await peer.stop();
}
process.exit(0);
