import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { careline } from "../testing/operator-cli.ts";
import { withSocket } from "../testing/region-server.ts";
import { PermitProbe, SiteClient } from "../testing/site-client.ts";
import { calmParameters as parameters, SitesTrial } from "../testing/sites-trial.ts";
import { becomeUnprivileged, eventually } from "../testing/trial.ts";
import type { ForceQuorumStatus } from "./force-quorum.ts";

becomeUnprivileged();
// Whole regions on a machine that runs other tests as well.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });
let sites: SitesTrial;
let west: SiteClient;
let probes: Record<"east" | "west", PermitProbe>;
const regions = ["east", "west"] as const;
const ada = { name: "ada", role: "approver" };
const abel = { name: "abel", role: "approver" };
const statement = "both feeds of its racks are cut";
const evidence = { off: "powered-off", statement };
const path = "/v1/force-quorum";
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "",
    (thrown) => thrown.code,
  );

beforeAll(async () => {
  sites = await SitesTrial.start("force");
  for (const site of regions) sites.startKeeper(site, { parameters });
  for (const site of [...regions, "witness" as const]) sites.startController(site, { parameters });
  west = new SiteClient(sites, "west", "ada", "approver");
  probes = { east: new PermitProbe(sites, "east"), west: new PermitProbe(sites, "west") };
  await west.until(
    "protected",
    180_000,
    (status) => status.protected && status.run === null && status.sites.west.healthy,
  );
  await withSocket(sites.regions.postgres.east, (sql) =>
    sql.unsafe("create table public.written as select 1 as value"),
  );
});
afterAll(async () => {
  for (const site of regions) probes?.[site].close();
  await sites?.end();
});

it("is refused while the quorum answers, and for evidence that only says unreachable", async () => {
  expect(await refusal(west.send("POST", path, evidence))).toBe("RUN_CONFLICT");
  const unreachable = { off: "unreachable", statement };
  expect(await refusal(west.send("POST", path, unreachable))).toBe("REQUEST_INVALID");
  const otto = new SiteClient(sites, "west", "otto", "operator");
  expect(await refusal(otto.send("POST", path, evidence))).toBe("NOT_ALLOWED");
  const witness = new SiteClient(sites, "witness", "ada", "approver");
  expect(await refusal(witness.send("POST", path, evidence))).toBe("NOT_FOUND");
});

it("is refused while the other region shows signs of life, whatever people state", async () => {
  for (const { name, process } of sites.etcd.members) if (name !== "west") process.kill("SIGKILL");
  await west.until("the quorum is lost", 20_000, (status) => !status.quorum.answering);
  await eventually("its silence is long enough to count", 30_000, async () => {
    const answer = await refusal(west.send("POST", path, evidence));
    expect(["RUN_CONFLICT", "EVIDENCE_CONTRADICTED"]).toContain(answer);
    return answer === "EVIDENCE_CONTRADICTED";
  });
});

it("needs two different persons, each with evidence, and the words", async () => {
  for (const name of ["controller-east", "keeper-east", "redis-east"]) await sites.kill(name);
  const order = ["force-quorum", "order", "west", "--off", "powered-off", "--statement", statement];
  const ordered = await eventually("east's last signs of life are over", 30_000, async () => {
    const answer = await careline(sites, ada, order);
    return answer.exitCode === 0 ? answer : null;
  });
  expect(ordered.json).toMatchObject({
    order: { state: "waiting-for-second", primary: "west", first: { by: "ada" } },
  });
  expect((await west.status()).alarms.join()).toContain("another approver than ada must agree");
  const agree = ["force-quorum", "agree", "west", "--off", "powered-off", "--statement", statement];
  const same = await careline(sites, ada, [...agree, "--confirm", "east is off"]);
  expect(same).toMatchObject({ exitCode: 4, notes: expect.stringMatching(/SECOND_PERSON_NEEDED/) });
  const wrong = await careline(sites, abel, [...agree, "--confirm", "yes"]);
  expect(wrong.notes).toMatch(/CONFIRMATION_MISSING/);
  const silent = await careline(sites, abel, agree);
  expect(silent).toMatchObject({ exitCode: 4, json: { error: { code: "NOT_CONFIRMED" } } });
  const agreed = await careline(sites, abel, [...agree, "--confirm", "east is off"]);
  expect(agreed.json).toMatchObject({ order: { state: "waiting-for-store" } });
  expect(probes.west.holds()).toBe(false);
});

it("begins a new life of the store when the surviving member starts alone, and the region serves in a higher term", async () => {
  const member = sites.etcd.members.find(({ name }) => name === "west");
  member?.process.kill("SIGKILL");
  await eventually("the member is gone", 5_000, () => member?.process.signalCode !== null);
  member?.restoreAlone();
  member?.start();
  // Tokens of the old cluster name a later log position: the new one lets them wait for it instead of refusing them.
  await eventually("west may acknowledge", 60_000, () => probes.west.holds());
  const status = await west.until("west serves", 20_000, (now) => now.primary === "west");
  expect(status).toMatchObject({ term: 2, protected: false });
  await withSocket(sites.regions.postgres.west, async (sql) => {
    const rows = await sql`select term::int as term, site from continuity.terms order by term`;
    expect(rows).toEqual([
      { term: 1, site: "east" },
      { term: 2, site: "west" },
    ]);
    await sql.unsafe("insert into public.written values (2)");
  });
  const { order } = await west.get<ForceQuorumStatus>(path);
  expect(order).toMatchObject({ state: "done", second: { by: "abel" } });
  expect(await refusal(west.send("POST", path, evidence))).toBe("RUN_CONFLICT");
});

it("takes the lost region back as its standby under the new life of the store", async () => {
  sites.startRedis("east");
  sites.startKeeper("east", { parameters });
  sites.startController("east", { parameters });
  await west.until(
    "protected again",
    150_000,
    (status) => status.protected && status.primary === "west" && status.run === null,
  );
  const rows = await withSocket(
    sites.regions.postgres.east,
    (sql) => sql`select value from public.written order by value`,
  );
  expect(rows.map(({ value }) => value)).toEqual([1, 2]);
  for (const one of probes.east.spans) {
    for (const other of probes.west.spans) {
      expect(one.toMs <= other.fromMs || other.toMs <= one.fromMs).toBe(true);
    }
  }
});
