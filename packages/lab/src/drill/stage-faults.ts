import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSecret } from "@careline/platform";
import { z } from "zod";
import { LabError } from "../errors.ts";
import { callGateway, etcdSetupConfigOf, mustSucceed, openRootSession } from "../etcd/index.ts";
import { type Region, runProgram, type Site } from "../layout/index.ts";
import { processesIn, signalTo, stateOf } from "../supervisor/index.ts";
import type { LabStage } from "./lab-stage.ts";
import { poll } from "./waits.ts";

/** Faults on what no supervisor knows: PostgreSQL belongs to its keeper, data and leaderships to nobody. */

const effectWithinMs = 1_000;

/** Number of the running server's process; null while none runs. */
function postmasterOf(stage: LabStage, region: Region): number | null {
  const pidFile = join(stage.layout.processDir(region, "postgres"), "data", "postmaster.pid");
  try {
    const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
    return stateOf(pid) === null ? null : pid;
  } catch {
    return null;
  }
}

/**
 * SIGKILL to the PostgreSQL server of a region. Returns the instant; the server's process is gone when it resolves. Null: there was
 * none. Error: FAULT_WITHOUT_EFFECT.
 */
export async function killPostgres(
  stage: LabStage,
  region: Region,
  signal: AbortSignal,
): Promise<Date | null> {
  const pid = postmasterOf(stage, region);
  if (pid === null) return null;
  const beganAt = stage.clock.wallNow();
  if (!signalTo(pid, "SIGKILL")) return null;
  const isGone = (): boolean => ["Z", null].includes(stateOf(pid));
  if (await poll(stage.clock, 20, effectWithinMs, signal, isGone)) return beganAt;
  throw new LabError("FAULT_WITHOUT_EFFECT", `PostgreSQL ${pid} of ${region} lives on`);
}

/** SIGSTOP, or SIGCONT, to the server of a region and all its children; its keeper goes on. */
export async function freezePostgres(
  stage: LabStage,
  region: Region,
  isFrozen: boolean,
  signal: AbortSignal,
): Promise<void> {
  const dir = stage.layout.processDir(region, "postgres");
  const isReached = (): boolean =>
    processesIn(dir).every(({ pid }) => {
      signalTo(pid, isFrozen ? "SIGSTOP" : "SIGCONT");
      return (stateOf(pid) === "T") === isFrozen;
    });
  if (await poll(stage.clock, 20, effectWithinMs, signal, isReached)) return;
  throw new LabError("FAULT_WITHOUT_EFFECT", `PostgreSQL of ${region} is not as asked`);
}

/** Everything that Redis of a region holds is gone; its replica's as well. Returns the instant. */
export async function wipeRedis(
  stage: LabStage,
  region: Region,
  signal: AbortSignal,
): Promise<Date> {
  const { layout, clock } = stage;
  const beganAt = clock.wallNow();
  const said = await runProgram(
    "redis-cli",
    ["--tls", "--cacert", layout.authorityFile, "-h", "127.0.0.1"].concat([
      ...["-p", String(layout.ports.direct(region, "redis"))],
      "flushall",
    ]),
    { env: { REDISCLI_AUTH: readSecret(layout.secretFile("redis-password")) } },
    signal,
  );
  if (said.stdout.trim() === "OK") return beganAt;
  throw new LabError("FAULT_WITHOUT_EFFECT", `Redis of ${region} said ${said.stdout.trim()}`);
}

const memberListSchema = z.looseObject({
  members: z.array(z.looseObject({ ID: z.string(), name: z.string() })),
});
const memberStatusSchema = z.looseObject({ leader: z.string() });

/** The member that leads the quorum store, by the site it stands at. Error: the signal's reason. */
export async function quorumLeader(stage: LabStage, signal: AbortSignal): Promise<Site | null> {
  const { members, leader } = await membersOf(stage, signal);
  const name = members.find(({ ID }) => ID === leader)?.name;
  return (["east", "west", "witness"] as const).find((site) => site === name) ?? null;
}

/** Hands the leadership of the quorum store to a site's member. Error: FAULT_WITHOUT_EFFECT. */
export async function leadQuorumFrom(
  stage: LabStage,
  site: Site,
  signal: AbortSignal,
): Promise<void> {
  const { layout, clock } = stage;
  const { members, leader, token, tls } = await membersOf(stage, signal);
  const target = members.find(({ name }) => name === site);
  const holder = (["east", "west", "witness"] as const).find((each) =>
    members.some(({ ID, name }) => ID === leader && name === each),
  );
  if (target === undefined || holder === undefined) {
    throw new LabError("FAULT_WITHOUT_EFFECT", "the quorum store has no leader");
  }
  if (holder === site) return;
  const at = { url: `https://127.0.0.1:${layout.ports.direct(holder, "etcd")}`, tls, token };
  const body = { targetID: target.ID };
  const path = "/v3/maintenance/transfer-leadership";
  mustSucceed(await callGateway(at, path, body, clock, signal), "hand leadership over");
}

async function membersOf(
  stage: LabStage,
  signal: AbortSignal,
): Promise<{
  members: z.infer<typeof memberListSchema>["members"];
  leader: string;
  token: string | null;
  tls: ReturnType<typeof etcdSetupConfigOf>["tls"];
}> {
  const config = etcdSetupConfigOf(stage.layout);
  const root = await openRootSession(config, stage.clock, signal);
  const list = mustSucceed(await root.call("/v3/cluster/member/list", {}), "list members");
  const status = mustSucceed(await root.call("/v3/maintenance/status", {}), "read the status");
  const { members } = memberListSchema.parse(list);
  const { leader } = memberStatusSchema.parse(status);
  return { members, leader, token: root.token, tls: config.tls };
}
