import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type PortalStage,
  type StageBrowser,
  type StageServers,
  startPortalStage,
  startStageServers,
  type TestStandby,
} from "../testing/index.ts";

let servers: StageServers;
let east: PortalStage;
let west: PortalStage;
let standby: TestStandby;
let browser: StageBrowser;
const agentId = "01990000-0000-7000-8000-000000000001";

beforeAll(async () => {
  servers = await startStageServers();
  east = await startPortalStage(servers, { withoutLoops: true });
  await east.database.connect("careline_owner")`
    insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status, role)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example', 'active', 'supervisor')`;
  const here = east.browser();
  await here.signIn("sub-1");
  standby = await servers.cluster.startStandby();
  west = await startPortalStage(servers, {
    withoutLoops: true,
    database: east.database,
    databasePort: standby.port,
    site: "west",
  });
  west.keeper.announce({ permit: null, reason: "standby", primary: "east" });
  browser = west.browser();
  for (const [name, value] of here.cookies) browser.cookies.set(name, value);
});
afterAll(async () => {
  await west.stop();
  await standby.stop();
  await servers.cluster.restart();
  await east.stop();
  await servers.stop();
});

it("sends readers to the other region while its database lives", async () => {
  await expect.poll(() => west.app.permit.current()).toBeNull();
  const answer = await browser.send("/api/agents/me");
  expect(answer).toMatchObject({
    status: 503,
    json: { code: "NOT_PRIMARY" },
    headers: { "retry-after": "1" },
  });
  expect((await browser.send("/terms")).status).toBe(200);
});

it("answers reads from the standby's copy once the primary is lost: signed in as before, labelled with its age, audited on disk", async () => {
  await servers.cluster.crash();
  const read = async () => browser.send("/api/tasks");
  await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe(200);
  const answer = await read();
  expect(answer.headers).toMatchObject({
    "careline-site": "west",
    "careline-data-age": expect.stringMatching(/^\d+\.\d$/),
    "cache-control": "no-store",
  });
  expect(answer.headers["careline-position"]).toBeUndefined();
  const spooled = readdirSync(west.config.spoolDirectory).filter((name) => name.endsWith(".spool"));
  expect(spooled).toHaveLength(1);
});

it("neither writes nor signs anybody in meanwhile, and says why", async () => {
  const write = await browser.send("/api/agents/me/presence", {
    method: "PUT",
    body: '{"state":"available"}',
  });
  expect(write).toMatchObject({
    status: 503,
    json: { code: "WRITES_PAUSED", reason: "standby", retryable: true },
  });
  const signIn = await west.browser().send("/auth/sign-in");
  expect(signIn.headers.location).toBe("/sign-in?problem=NOT_DURING_EMERGENCY");
  expect((await west.browser().send("/api/tasks")).json?.code).toBe("SESSION_REQUIRED");
});
