import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../errors.ts";
import { callGateway, etcdSetupConfigOf, openRootSession, restoreAlone } from "../etcd/index.ts";
import type { Region, Site } from "../layout/index.ts";
import type { LabStage } from "./lab-stage.ts";
import { OperatorClient } from "./operator-client.ts";
import { poll } from "./waits.ts";

const aloneWithinMs = 30_000;
/** The quorum must have been silent for 10 s, and the other region's last signs of life be over. */
const orderWithinMs = 60_000;

const dataDirOf = (stage: LabStage, site: Site): string =>
  join(stage.layout.processDir(site, "etcd"), "data");

/** What a member that does not run any more held is gone, as with its disk: it can never vote again. */
export function destroyMember(stage: LabStage, site: Site): void {
  rmSync(dataDirOf(stage, site), { recursive: true, force: true });
}

/** Whether every member of the quorum store still has what it held. */
export function hasMember(stage: LabStage, site: Site): boolean {
  return existsSync(dataDirOf(stage, site));
}

/**
 * What `force-quorum` asks a person to do: the surviving member begins anew as the only one, from its own database. Errors:
 * FAULT_WITHOUT_EFFECT, PREPARE_FAILED, those of the lab.
 */
export async function startAlone(
  stage: LabStage,
  survivor: Site,
  signal: AbortSignal,
): Promise<void> {
  const process = `etcd.${survivor}`;
  await stage.fault({ kind: "kill-process", process, staysDown: true }, signal);
  await restoreAlone(stage.layout, survivor, signal);
  await stage.fault({ kind: "heal-process", process }, signal);
  const isAlone = (): Promise<boolean> => isOnlyMember(stage, survivor, signal);
  if (await poll(stage.clock, 200, aloneWithinMs, signal, isAlone)) return;
  throw new LabError("FAULT_WITHOUT_EFFECT", `the member of ${survivor} did not start alone`);
}

async function isOnlyMember(
  stage: LabStage,
  survivor: Site,
  signal: AbortSignal,
): Promise<boolean> {
  const { layout, clock } = stage;
  const url = `https://127.0.0.1:${layout.ports.direct(survivor, "etcd")}`;
  const config = { ...etcdSetupConfigOf(layout), members: [{ name: survivor, url }] };
  try {
    const limit = AbortSignal.any([signal, clock.deadline(2_000)]);
    const { token } = await openRootSession(config, clock, limit);
    const at = { url, tls: config.tls, token };
    const answer = await callGateway(at, "/v3/cluster/member/list", {}, clock, limit);
    const list = z.looseObject({ members: z.array(z.unknown()) });
    return answer.kind === "done" && list.parse(answer.body).members.length === 1;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * Two approvers order a new life of the store at the survivor's controller, each with evidence that the other region is off.
 * Errors: DRILL_UNFINISHED when the controller does not accept it in time.
 */
export async function forceQuorum(
  stage: LabStage,
  survivor: Region,
  lost: Region,
  signal: AbortSignal,
): Promise<void> {
  const { layout, clock } = stage;
  const url = `https://127.0.0.1:${layout.ports.direct(survivor, "controller")}`;
  const evidence = { off: "destroyed", statement: "the drill killed it and deleted its store" };
  const ask = async (person: string, path: string, body: object): Promise<void> => {
    const client = new OperatorClient([url], layout.operatorTls(person), clock);
    let why = "";
    try {
      const isAccepted = await poll(clock, 1_000, orderWithinMs, signal, async () => {
        try {
          await client.order(path, body, signal);
          return true;
        } catch (thrown) {
          signal.throwIfAborted();
          why = thrown instanceof Error ? thrown.message : String(thrown);
          return false;
        }
      });
      if (!isAccepted) throw new LabError("DRILL_UNFINISHED", `${person} is refused: ${why}`);
    } finally {
      await client.close();
    }
  };
  await ask("ada", "/v1/force-quorum", evidence);
  await ask("abel", "/v1/force-quorum/agreement", {
    ...evidence,
    confirmation: `${lost} is off`,
  });
}
