import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type PortalStage,
  type StageServers,
  startPortalStage,
  startStageServers,
  type TestDatabase,
} from "../testing/index.ts";

const agentId = "01990000-0000-7000-8000-000000000001";
/** One more than three whole commits of the clean-up's 5,000 rows. */
const oldRows = 15_001;

let servers: StageServers;
let database: TestDatabase;
const stages: PortalStage[] = [];

beforeAll(async () => {
  servers = await startStageServers({ upToMigration: 99 });
  database = await servers.cluster.createDatabase();
});
afterAll(async () => {
  for (const stage of stages) await stage.stop();
  await servers.stop();
});

/** Answers of that age, with keys of their own. */
async function answered(count: number, age: string): Promise<void> {
  await database.connect("postgres")`
    insert into portal.idempotency (agent_id, idempotency_key, request_hash, status_code, created_at)
    select ${agentId}, gen_random_uuid(), sha256(''), 204, now() - ${age}::interval
      from generate_series(1, ${count})`;
}

const ages = async (): Promise<readonly { days: number; count: number }[]> =>
  database.connect("postgres")`
    select floor(extract(epoch from now() - created_at) / 86400)::int as days, count(*)::int as count
      from portal.idempotency group by days order by days`;

it("keeps first answers for 14 days and then forgets them, in commits of 5,000, each with its audit row", async () => {
  await answered(oldRows, "14 days 1 minute");
  await answered(2, "13 days 23 hours");
  await answered(1, "1 second");
  stages.push(await startPortalStage(servers, { database }));
  await expect.poll(ages, { timeout: 20_000 }).toEqual([
    { days: 0, count: 1 },
    { days: 13, count: 2 },
  ]);
  const audit = database.connect("postgres");
  const turns = async () =>
    audit`select count(*)::int as count from portal.audit_log where action = 'answers_clean_up'`;
  // Three full commits, and the one that finds less than a full one.
  await expect.poll(turns).toMatchObject([{ count: 4 }]);
});
