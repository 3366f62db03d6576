import { systemClock } from "@careline/platform";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import {
  createTestAuthority,
  startTestCluster,
  type TestCluster,
  type TestDatabase,
} from "../testing/index.ts";
import { Database, keepPoolWarm, type TransactionSettings } from "./index.ts";

const authority = createTestAuthority();
let cluster: TestCluster;
let base: TestDatabase;
let database: Database;
const never = new AbortController().signal;

beforeAll(async () => {
  cluster = await startTestCluster(authority, { upToMigration: 99 });
});
afterAll(async () => {
  await cluster.stop();
  authority.remove();
});
beforeEach(async () => {
  base = await cluster.createDatabase();
  database = open(2);
  await base.connect("postgres")`create table portal.things (id int primary key, agent text)`;
  await base.connect("postgres")`grant all on portal.things to careline_app`;
});
afterEach(async () => {
  await database.close();
  await base.drop();
});

function open(poolSize: number, poolWaitMs = 2_000): Database {
  return new Database(
    {
      host: "127.0.0.1",
      port: cluster.port,
      database: base.name,
      user: "careline_app",
      passwordFile: cluster.passwordFile,
      ca: cluster.ca,
      poolSize,
      poolWaitMs,
      statementTimeoutMs: 5_000,
      connectTimeoutMs: 2_000,
    },
    systemClock,
  );
}

const settings = (changes: Partial<TransactionSettings> = {}): TransactionSettings => ({
  agentId: "01990000-0000-7000-8000-000000000001",
  role: "agent",
  teamId: null,
  programmeIds: ["01990000-0000-7000-8000-000000000002"],
  permissions: ["auditor"],
  sessionId: null,
  site: "east",
  term: 1,
  synchronousCommit: "local",
  statementTimeoutMs: 5_000,
  ...changes,
});

async function countThings(): Promise<number> {
  return (await base.connect("postgres")`select 1 from portal.things`).length;
}

it("commits what was written with its context and tells a position at or after it", async () => {
  const before = await base.connect("postgres")<
    { lsn: string }[]
  >`select pg_current_wal_lsn()::text as lsn`;
  const outcome = await database.withTransaction(
    settings(),
    async (transaction) => {
      const insert =
        transaction.tx`insert into things select 1, portal.current_agent()::text where portal.has_permission('auditor')
        and '01990000-0000-7000-8000-000000000002' = any (portal.current_programmes())`.execute();
      return transaction.commit([insert]);
    },
    never,
  );
  expect(outcome.warned).toBe(false);
  const [row] = await base.connect(
    "postgres",
  )`select agent, ${outcome.lsn}::pg_lsn > ${before[0]?.lsn ?? ""}::pg_lsn as later from portal.things`;
  expect(row).toEqual({ agent: settings().agentId, later: true });
});

it("leaves nothing when the work throws, and gives the connection back clean", async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    await expect(
      database.withTransaction(
        settings(),
        async ({ tx }) => {
          await tx`insert into things values (1, 'x')`;
          throw new Error("no");
        },
        never,
      ),
    ).rejects.toThrow("no");
  }
  expect(await countThings()).toBe(0);
  expect(database.pool.load).toEqual({ used: 0, waiting: 0 });
});

it("throws the statement's own error when the last flight fails, having kept nothing", async () => {
  const work = database.withTransaction(
    settings(),
    async (transaction) => {
      await transaction.tx`insert into things values (1, 'x')`;
      return transaction.commit([transaction.tx`insert into things values (1, 'y')`.execute()]);
    },
    never,
  );
  await expect(work).rejects.toMatchObject({ code: "23505" });
  expect(await countThings()).toBe(0);
});

it("cancels the running statement on abort and opens another connection for the next", async () => {
  const stop = new AbortController();
  const started = systemClock.monotonicMs();
  const work = database.withTransaction(
    settings(),
    async ({ tx }) => {
      const sleeping = tx`select pg_sleep(20)`.execute();
      stop.abort(new Error("the client left"));
      await sleeping;
    },
    stop.signal,
  );
  await expect(work).rejects.toThrow("the client left");
  expect(systemClock.monotonicMs() - started).toBeLessThan(3_000);
  await database.withTransaction(settings(), async ({ tx }) => tx`select 1`, never);
  const admin = base.connect("postgres");
  const running = async (): Promise<number> =>
    (
      await admin`select 1 from pg_stat_activity where query like '%pg_sleep(20)%' and state = 'active' and pid <> pg_backend_pid()`
    ).length;
  await expect.poll(running, { timeout: 3_000 }).toBe(0);
});

it("does not cancel a COMMIT under way", async () => {
  const stop = new AbortController();
  const outcome = await database.withTransaction(
    settings(),
    async (transaction) => {
      await transaction.tx`insert into things values (1, 'x')`;
      const committing = transaction.commit([transaction.tx`select pg_sleep(0.2)`.execute()]);
      stop.abort(new Error("the client left"));
      return committing;
    },
    stop.signal,
  );
  expect(outcome.lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  expect(await countThings()).toBe(1);
});

it("ends a statement that runs longer than its limit", async () => {
  const work = database.withTransaction(
    settings({ statementTimeoutMs: 50 }),
    async ({ tx }) => tx`select pg_sleep(20)`,
    never,
  );
  await expect(work).rejects.toMatchObject({ code: "57014" });
});

it("refuses who waited too long for a connection, and serves who did not", async () => {
  await database.close();
  database = open(1, 50);
  const work = async (): Promise<number> =>
    database.withTransaction(settings(), async ({ tx }) => (await tx`select 1`).length, never);
  const busy = Promise.withResolvers<void>();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const first = database.withTransaction(
    settings(),
    async () => {
      busy.resolve();
      await held;
    },
    never,
  );
  await busy.promise;
  await expect(work()).rejects.toMatchObject({ code: "OVERLOADED" });
  letGo();
  await first;
  expect(await work()).toBe(1);
});

it("says that the outcome is unknown when the server dies around COMMIT, and works again after its restart", async () => {
  const work = database.withTransaction(
    settings(),
    async (transaction) => {
      await transaction.tx`insert into things values (1, 'x')`;
      const committing = transaction.commit([transaction.tx`select pg_sleep(5)`.execute()]);
      const [outcome] = await Promise.allSettled([committing, cluster.crash()]);
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    },
    never,
  );
  await expect(work).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  await expect(database.withTransaction(settings(), async () => {}, never)).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
  });
  await cluster.restart();
  await database.withTransaction(settings(), async ({ tx }) => tx`select 1`, never);
});

async function withoutStandby(work: () => Promise<void>): Promise<void> {
  const admin = base.connect("postgres");
  await admin.unsafe("alter system set synchronous_standby_names = 'nobody'");
  await admin`select pg_reload_conf()`;
  try {
    await work();
  } finally {
    await admin.unsafe("alter system reset synchronous_standby_names");
    await admin`select pg_reload_conf()`;
  }
}

const insertThing = (id: number, changes: Partial<TransactionSettings>) =>
  database.withTransaction(
    settings(changes),
    async (transaction) =>
      transaction.commit([transaction.tx`insert into things values (${id}, 'x')`.execute()]),
    never,
  );

async function cancelWaitingForStandby(): Promise<void> {
  const admin = base.connect("postgres");
  for (;;) {
    const cancelled =
      await admin`select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`;
    if (cancelled.length > 0) return;
  }
}

it("warns when the wait for the standby was cut short, because then only this region has the commit", async () => {
  await withoutStandby(async () => {
    const [outcome] = await Promise.all([
      insertThing(1, { synchronousCommit: "on" }),
      cancelWaitingForStandby(),
    ]);
    expect(outcome.warned).toBe(true);
    expect((await insertThing(2, { synchronousCommit: "local" })).warned).toBe(false);
  });
});

it("does not wait for a standby longer than the bound, and then says that the outcome is unknown", async () => {
  await withoutStandby(async () => {
    const started = systemClock.monotonicMs();
    await expect(
      insertThing(1, { synchronousCommit: "on", statementTimeoutMs: 100 }),
    ).rejects.toMatchObject({
      code: "OUTCOME_UNKNOWN",
    });
    expect(systemClock.monotonicMs() - started).toBeLessThan(3_000);
  });
});

it("survives clients that leave at any moment: while it connects, reads, or waits for a lock", async () => {
  await database.close();
  database = open(4, 300);
  const leave = async (afterMs: number): Promise<void> => {
    const stop = new AbortController();
    const cancel = systemClock.after(afterMs, () => stop.abort(new Error("the client left")));
    await database
      .withTransaction(settings(), async ({ tx }) => tx`select pg_sleep(0.05)`, stop.signal)
      .catch(() => {});
    cancel();
  };
  for (let round = 0; round < 6; round += 1) {
    await Promise.all(Array.from({ length: 12 }, (_, place) => leave(place * 3)));
  }
  // Destroyed connections end in the background; an error that nobody hears would fail this file.
  await systemClock.sleep(700);
  expect(database.pool.load).toEqual({ used: 0, waiting: 0 });
  await database.withTransaction(settings(), async ({ tx }) => tx`select 1`, never);
});

it("settles everything that is asked of a connection after its server died, without anybody's deadline", async () => {
  const started = systemClock.monotonicMs();
  const work = database.withTransaction(
    settings(),
    async (transaction) => {
      await transaction.tx`select 1`;
      await cluster.crash();
      await transaction.tx`select 2`.catch(() => {});
      await Promise.allSettled([1, 2, 3].map((id) => transaction.tx`select ${id}::int`));
      return transaction.commit([transaction.tx`insert into things values (1, 'x')`.execute()]);
    },
    never,
  );
  await expect(work).rejects.toMatchObject({
    code: expect.stringMatching(/OUTCOME_UNKNOWN|CONNECTION/),
  });
  expect(systemClock.monotonicMs() - started).toBeLessThan(8_000);
  await cluster.restart();
  await database.withTransaction(settings(), async ({ tx }) => tx`select 1`, never);
  expect(database.pool.load).toEqual({ used: 0, waiting: 0 });
});

it("keeps its pool open before anybody asks, and again after the server closed it", async () => {
  const stop = new AbortController();
  const warm = open(3);
  const keeping = keepPoolWarm(warm, systemClock, stop.signal);
  const backends = async (): Promise<number[]> => {
    const rows = await base.connect("postgres")<{ pid: number }[]>`
      select pid from pg_stat_activity
      where datname = ${base.name} and application_name = 'careline-portal' and state = 'idle'`;
    return rows.map(({ pid }) => pid).toSorted((a, b) => a - b);
  };
  await expect.poll(backends).toHaveLength(3);
  const before = await backends();
  await base.connect("postgres")`
    select pg_terminate_backend(pid) from pg_stat_activity where pid = any (${before}::int[])`;
  await expect.poll(backends, { timeout: 10_000 }).toHaveLength(3);
  expect(await backends()).not.toEqual(before);
  expect(warm.pool.load).toEqual({ used: 0, waiting: 0 });
  stop.abort();
  await keeping;
  await warm.close();
});
