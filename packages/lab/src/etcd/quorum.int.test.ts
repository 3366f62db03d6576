import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSecret, silentLogger, systemClock } from "@careline/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findFreePortBase } from "../lab/index.ts";
import { ensurePki, type Layout, prepareLayout, type Site, sites } from "../layout/index.ts";
import { etcdProcess } from "../processes/etcd-process.ts";
import { etcdSetupTask, supervisorConfigOf } from "../processes/index.ts";
import { wanProcess } from "../processes/wan-process.ts";
import { applyFault } from "../supervisor/apply-fault.ts";
import type { FaultCommand } from "../supervisor/fault-command.ts";
import type { SupervisorConfig } from "../supervisor/index.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { commandWan } from "../wan/index.ts";
import { etcdSetupConfigOf } from "./etcd-config.ts";
import { callGateway, type GatewayAnswer } from "./gateway.ts";
import { restoreAlone } from "./restore-alone.ts";
import { openRootSession } from "./root-session.ts";

const rootDir = join(import.meta.dirname, "..", "..", "..", "..");
const limit = (): AbortSignal => systemClock.deadline(30_000);
let dir = "";
let layout: Layout;
let config: SupervisorConfig;
let supervisor: Supervisor;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "careline-quorum-"));
  rmSync(dir, { recursive: true });
  const choices = { stateDir: join(dir, "state"), portBase: findFreePortBase() };
  layout = prepareLayout(rootDir, choices, () => undefined);
  await ensurePki(layout, systemClock, limit());
  const members = sites.map((site) => etcdProcess(layout, site));
  config = supervisorConfigOf(layout, [wanProcess(layout), ...members, etcdSetupTask(layout)]);
  supervisor = new Supervisor(config, systemClock, silentLogger());
  await supervisor.startAll();
  expect(supervisor.status()).toMatchObject({ phase: "running", failure: null });
}, 120_000);

afterAll(async () => {
  await supervisor.stopAll();
  rmSync(dir, { recursive: true, force: true });
});

function fault(command: FaultCommand): Promise<unknown> {
  return applyFault(command, { supervisor, config, clock: systemClock }, limit());
}

const membersSchema = z.object({
  members: z.array(z.object({ ID: z.string(), name: z.string().optional() })),
});

async function memberIds(): Promise<ReadonlyMap<string, string>> {
  const root = await openRootSession(etcdSetupConfigOf(layout, "east"), systemClock, limit());
  const answer = await root.call("/v3/cluster/member/list", {});
  if (answer.kind !== "done") throw new Error(answer.error);
  const { members } = membersSchema.parse(answer.body);
  return new Map(members.map(({ ID, name }) => [name ?? "", ID]));
}

async function as(user: string, site: Site, path: string, body: object): Promise<GatewayAnswer> {
  const url = `https://127.0.0.1:${layout.ports.direct(site, "etcd")}`;
  const at = { url, tls: layout.tls("store-client", site), token: null };
  const password = readSecret(layout.secretFile(`etcd-${user}-password`));
  const credentials = { name: user, password };
  const signIn = await callGateway(at, "/v3/auth/authenticate", credentials, systemClock, limit());
  if (signIn.kind !== "done") return signIn;
  const { token } = z.object({ token: z.string() }).parse(signIn.body);
  return callGateway({ ...at, token }, path, body, systemClock, limit());
}

const put = (key: string) => ({
  key: Buffer.from(key).toString("base64"),
  value: Buffer.from("x").toString("base64"),
});

/** What the member of a site itself holds, without asking the others; null while it does not answer. */
async function revisionAt(site: Site): Promise<string | null> {
  const body = { key: Buffer.from("/careline/portal/term").toString("base64"), serializable: true };
  const answer = await as("controller.witness", site, "/v3/kv/range", body);
  if (answer.kind !== "done") return null;
  const header = z.object({ header: z.object({ revision: z.string() }) });
  return header.parse(answer.body).header.revision;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = limit();
  while (!(await holds())) await systemClock.sleep(50, deadline);
}

describe("the quorum store of the lab", () => {
  it("lets a keeper write below its system's prefix", async () => {
    const answer = await as("keeper.east", "east", "/v3/kv/put", put("/careline/portal/lease"));
    expect(answer.kind).toBe("done");
  });

  it("refuses a keeper that writes anywhere else", async () => {
    const answer = await as("keeper.east", "east", "/v3/kv/put", put("/careline/other/lease"));
    expect(answer).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(answer)).toContain("permission denied");
  });

  it("refuses whoever has no user", async () => {
    const url = `https://127.0.0.1:${layout.ports.direct("east", "etcd")}`;
    const at = { url, tls: layout.tls("store-client", "east"), token: null };
    const body = put("/careline/portal/lease");
    const answer = await callGateway(at, "/v3/kv/put", body, systemClock, limit());
    expect(answer.kind).toBe("refused");
  });

  it("goes on with two members when the links of the third are cut, and takes it back", async () => {
    const cut = { kind: "cut", from: "east", both: true } as const;
    await commandWan(layout.wanSocket, { ...cut, to: "west" }, limit());
    await commandWan(layout.wanSocket, { ...cut, to: "witness" }, limit());
    const body = put("/careline/portal/term");
    await until(async () => (await as("keeper.west", "west", "/v3/kv/put", body)).kind === "done");
    const isolated = await as("keeper.east", "east", "/v3/kv/put", body);
    expect(isolated.kind).not.toBe("done");
    await commandWan(layout.wanSocket, { kind: "heal-all" }, limit());
    await until(async () => (await as("keeper.east", "east", "/v3/kv/put", body)).kind === "done");
  });

  it("takes a member that lost its data back as a new one, never under its old identity", async () => {
    const before = await memberIds();
    await fault({ kind: "kill-site", site: "witness" });
    rmSync(join(layout.processDir("witness", "etcd"), "data"), { recursive: true });
    await fault({ kind: "heal-site", site: "witness" });
    await until(async () => (await memberIds()).has("witness"));
    const after = await memberIds();
    expect(after.get("witness")).not.toBe(before.get("witness"));
    expect(after.get("east")).toBe(before.get("east"));
    const body = put("/careline/portal/term");
    await until(
      async () => (await as("controller.witness", "witness", "/v3/kv/put", body)).kind === "done",
    );
  });

  it("starts a member under its own identity when its data are there", async () => {
    const before = await memberIds();
    await fault({ kind: "kill-site", site: "west" });
    await fault({ kind: "heal-site", site: "west" });
    expect((await memberIds()).get("west")).toBe(before.get("west"));
  });

  it("goes on from one member when the others are destroyed, and takes two new ones one after the other", async () => {
    const before = await memberIds();
    const lost = ["east", "witness"] as const;
    for (const site of lost) {
      await fault({ kind: "kill-site", site });
      rmSync(join(layout.processDir(site, "etcd"), "data"), { recursive: true });
    }
    const body = put("/careline/portal/term");
    const isWritable = async (): Promise<boolean> =>
      (await as("keeper.west", "west", "/v3/kv/put", body)).kind === "done";
    expect(await isWritable()).toBe(false);
    await fault({ kind: "kill-process", process: "etcd.west", staysDown: true });
    await restoreAlone(layout, "west", limit());
    await fault({ kind: "heal-process", process: "etcd.west" });
    await until(isWritable);
    await Promise.all(lost.map((site) => fault({ kind: "heal-site", site })));
    await until(async () => (await memberIds()).size === 3 && (await isWritable()));
    const after = await memberIds();
    for (const site of sites) expect(after.get(site)).not.toBe(before.get(site));
    // A member that has only just been taken in drops what it should forward until it has heard
    // of the leader: one call in three was then silent for its whole 3 s.
    await until(async () => {
      const [first, ...others] = await Promise.all(sites.map(revisionAt));
      return first !== null && others.every((revision) => revision === first);
    });
  }, 60_000);
});
