import { mkdirSync, writeFileSync } from "node:fs";
import { medianOf } from "@careline/lab/drill/report.ts";
import { systemClock as clock } from "@careline/platform";
import { Formation, type PeerHost } from "./formation.ts";
import { PeerWriters } from "./peer-writers.ts";

/**
 * `node bench/failover/run-peers.ts [runs] [one-way ms] [faults]`: pg_auto_failover at its fastest settings that lose nothing.
 * `faults`: kill,hang,switchover, or some of them. Writes results/pg-auto-failover-<fault>.json.
 */
const runs = Number(process.argv[2] ?? 10);
const oneWayMs = Number(process.argv[3] ?? 30);
const faults = (process.argv[4] ?? "kill,hang,switchover").split(",") as Fault[];
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

async function cause(formation: Formation, fault: Fault, host: PeerHost): Promise<void> {
  if (fault === "kill") formation.signalHost(host, "SIGKILL");
  else if (fault === "hang") formation.signalHost(host, "SIGSTOP");
  else await formation.switchOver();
}

function heal(formation: Formation, fault: Fault, host: PeerHost): void {
  if (fault === "kill") formation.startHost(host);
  if (fault === "hang") formation.signalHost(host, "SIGCONT");
}

async function oneRun(formation: Formation, fault: Fault): Promise<PeerRun> {
  const primary = await formation.untilWhole();
  const writers = new PeerWriters(formation.hosts, writersCount);
  await clock.sleep(2_000);
  const faultAtMs = clock.monotonicMs();
  await cause(formation, fault, primary);
  await clock.sleep(500);
  await until(() => writers.isServed(clock.monotonicMs() - 500), "writers are served again");
  await clock.sleep(3_000);
  const untilMs = clock.monotonicMs();
  heal(formation, fault, primary);
  await formation.untilWhole();
  await writers.stop();
  const keys = [...new Set(writers.acked.map((ack) => ack.key))];
  const now = await formation.primary();
  const missing = await formation.sql(
    now,
    `select count(*) from unnest('{${keys.join(",")}}'::uuid[]) as wanted (key) where not exists (select from acknowledged where acknowledged.key = wanted.key)`,
  );
  await formation.sql(now, "truncate acknowledged");
  return {
    outageMs: Math.round(writers.outage(faultAtMs, untilMs)?.outageMs ?? 0),
    acknowledged: keys.length,
    lost: Number(missing),
    errorsSeen: writers.errors,
  };
}

const formation = new Formation(28_800);
const results: Record<string, { runs: PeerRun[] }> = {};
try {
  await formation.start(oneWayMs);
  await formation.sql(
    await formation.primary(),
    "create table acknowledged (key uuid primary key, client text not null, at timestamptz not null default now())",
  );
  for (const fault of faults) {
    const done: PeerRun[] = [];
    results[fault] = { runs: done };
    for (let run = 1; run <= runs; run += 1) {
      const result = await oneRun(formation, fault);
      done.push(result);
      process.stdout.write(`${fault} ${run}/${runs}: ${JSON.stringify(result)}\n`);
    }
  }
} finally {
  await formation.stop();
}
const directory = new URL("results/", import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [fault, { runs: done }] of Object.entries(results)) {
  const outages = done.map((run) => run.outageMs).toSorted((a, b) => a - b);
  const summary = {
    peer: "pg_auto_failover 2.0 tuned, synchronous",
    fault,
    oneWayMs,
    writers: writersCount,
    outageMs: { min: outages[0], median: medianOf(outages), max: outages.at(-1) },
    lost: done.reduce((sum, run) => sum + run.lost, 0),
    runs: done,
  };
  const file = new URL(`pg-auto-failover-${fault}.json`, directory);
  writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
}
process.exit(0);
