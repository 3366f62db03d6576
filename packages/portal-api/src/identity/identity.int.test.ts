import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import {
  type PortalStage,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";

let servers: StageServers;
let stage: PortalStage;
const agentId = "01990000-0000-7000-8000-000000000001";
const otherId = "01990000-0000-7000-8000-000000000002";

beforeAll(async () => {
  servers = await startStageServers();
});
afterAll(async () => await servers.stop());
beforeEach(async () => {
  Object.assign(servers.provider.next, {
    subject: "sub-1",
    amr: ["pwd", "otp"],
    authenticatedAgo: 0,
    error: undefined,
  });
  stage = await startPortalStage(servers);
  await stage.database.connect("careline_owner")`
    insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example', 'active'),
           (${otherId}, 'sub-2', 'two@careline.example', 'Bo', 'Example', 'active'),
           ('01990000-0000-7000-8000-000000000003', 'sub-3', 'three@careline.example', 'Cy', 'Example', 'terminated')`;
});
afterEach(async () => await stage.stop());

async function auditActions(): Promise<readonly string[]> {
  const rows = await stage.database.connect("postgres")<{ action: string }[]>`
    select action from portal.audit_log where origin <> 'system' order by "timestamp", audit_id`;
  return rows.map(({ action }) => action);
}

it("signs a known person in with a second factor, and remembers when and where [HCC-POR-09]", async () => {
  const browser = stage.browser();
  const answer = await browser.signIn("sub-1", "/auth/sign-in?returnTo=/desk");
  expect(answer).toMatchObject({
    status: 303,
    headers: { location: "/desk", "careline-durability": "geo" },
  });
  const session = await browser.send("/api/session");
  expect(session).toMatchObject({
    status: 200,
    json: { agentId, displayName: "Ada Example", role: "agent", state: "active" },
  });
  const [agent] = await stage.database.connect(
    "postgres",
  )`select last_login_region, last_login_date is not null as dated from portal.agents where agent_id = ${agentId}`;
  expect(agent).toEqual({ last_login_region: "east", dated: true });
  expect(await auditActions()).toEqual(["sign_in"]);
});
