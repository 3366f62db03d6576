import { silentLogger, systemClock, systemRandom } from "@careline/platform";
import { everyRole, type RouteDefinition, route } from "@careline/portal-contract";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { buildFoundation, type Foundation, servingOf } from "../foundation.ts";
import {
  type PortalStage,
  type StageBrowser,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";
import {
  type Incoming,
  type Outgoing,
  type RawAnswer,
  type RegisteredHandler,
  type RequestContext,
  serve,
} from "./index.ts";

let servers: StageServers;
let stage: PortalStage;
let foundation: Foundation;
let browser: StageBrowser;
let stop: AbortController;
let asking: Promise<void>;
const agentId = "01990000-0000-7000-8000-000000000001";

beforeAll(async () => {
  servers = await startStageServers({ upToMigration: 99 });
  stage = await startPortalStage(servers, { withoutLoops: true });
  const owner = stage.database.connect("careline_owner");
  await owner`insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example', 'active')`;
  await owner.unsafe(
    "create table portal.things (id int primary key, said text); grant all on portal.things to careline_app",
  );
  browser = stage.browser();
  await browser.signIn("sub-1");
  stop = new AbortController();
  foundation = buildFoundation({
    config: stage.config,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger(),
    stop: stop.signal,
  });
  foundation.redis.connect();
  asking = foundation.permit.run(stop.signal);
  await foundation.permit.firstAnswer();
});
afterAll(async () => {
  stop.abort();
  await asking;
  foundation.redis.close();
  await foundation.database.close();
  await stage.stop();
  await servers.stop();
});

const serving = {
  permit: { term: 1, remainingMs: 60_000 },
  reason: "serving",
  durability: { geo: true, generation: 1, unprotectedSince: null, acceptUnprotected: true },
};
beforeEach(async () => {
  stage.keeper.announce(serving);
  await expect.poll(() => foundation.permit.current()?.term).toBe(1);
  await expect.poll(() => foundation.permit.durability.geo).toBe(true);
  const admin = stage.database.connect("postgres");
  // As superuser with triggers off: the trail itself refuses to be emptied.
  await admin.unsafe(
    "set session_replication_role = replica; truncate portal.things, portal.idempotency, portal.audit_log; delete from continuity.terms where term > 1",
  );
  await admin.end();
});

const thing = z.strictObject({ id: z.int(), said: z.string() });
const routeOf = (durability: "geo" | "local" | "read"): RouteDefinition =>
  route({
    method: durability === "read" ? "GET" : "POST",
    path: "/api/things",
    summary: "A thing.",
    slice: "things",
    access: { kind: "session", roles: everyRole },
    durability,
    ...(durability === "read" ? {} : { body: thing }),
    answer: thing,
    audit: "thing_add",
  });

const thingHandler = (
  served: RouteDefinition,
  run: (ctx: RequestContext, input: { readonly body: unknown }) => Promise<RawAnswer>,
): RegisteredHandler => ({ route: served, run });

const add = (durability: "geo" | "local"): RegisteredHandler =>
  thingHandler(routeOf(durability), async (ctx, { body }) => {
    const { id, said } = body as z.infer<typeof thing>;
    await ctx.tx`insert into things values (${id}, ${said})`;
    ctx.audit({ resourceType: "thing", resourceId: String(id) });
    return { body: { id, said } };
  });

const newKey = (): string => systemRandom.uuid();

async function send(
  handler: RegisteredHandler,
  body: object | undefined,
  key = newKey(),
  more: Readonly<Record<string, string>> = {},
): Promise<Outgoing> {
  const rawBody = body === undefined ? null : new TextEncoder().encode(JSON.stringify(body));
  const incoming: Incoming = {
    operation: "addThing",
    handler,
    route: handler.route,
    requestId: newKey(),
    now: systemClock.wallNow(),
    method: handler.route.method,
    url: handler.route.path,
    ipAddress: "127.0.0.1",
    userAgent: "test/1",
    headers: {
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "careline-client": "test/1",
      origin: "https://localhost",
      "idempotency-key": key,
      ...more,
    },
    params: {},
    query: {},
    body,
    rawBody,
    signal: AbortSignal.any([]),
  };
  return (await serve(incoming, servingOf(foundation)))();
}

const textOf = (outgoing: Outgoing): string =>
  new TextDecoder().decode(outgoing.body ?? new Uint8Array());
const things = async (): Promise<number> =>
  (await stage.database.connect("postgres")`select 1 from portal.things`).length;
const audited = async (action: string): Promise<number> =>
  (
    await stage.database.connect(
      "postgres",
    )`select 1 from portal.audit_log where action = ${action}`
  ).length;

it("acknowledges a write with its position and durability, and leaves its audit row in the same commit [HCC-POR-10]", async () => {
  const geo = await send(add("geo"), { id: 1, said: "a" });
  expect(geo).toMatchObject({ status: 200, headers: { "careline-durability": "geo" } });
  expect(geo.headers["careline-position"]).toMatch(/^1\/[0-9A-F]+\/[0-9A-F]+$/);
  const local = await send(add("local"), { id: 2, said: "b" });
  expect(local.headers["careline-durability"]).toBe("local");
  const [row] = await stage.database.connect("postgres")`
    select agent_id, resource_type, resource_id, region, status_code, origin, ip_address, user_agent, a.xmin = t.xmin as same_commit
      from portal.audit_log a join portal.things t on t.id::text = a.resource_id where t.id = 1`;
  expect(row).toEqual({
    agent_id: agentId,
    resource_type: "thing",
    resource_id: "1",
    region: "east",
    status_code: 200,
    origin: "agent",
    ip_address: "127.0.0.1",
    user_agent: "test/1",
    same_commit: true,
  });
});

it("answers a repeat with the first answer, byte for byte, after a commit of its own, and does nothing twice", async () => {
  const key = newKey();
  const first = await send(add("geo"), { id: 1, said: "a" }, key);
  const again = await send(add("geo"), { id: 1, said: "a" }, key);
  expect(textOf(again)).toBe(textOf(first));
  expect(again).toMatchObject({
    status: 200,
    headers: { "careline-replayed": "true", "careline-durability": "geo" },
  });
  expect(again.headers["careline-position"]).not.toBe(first.headers["careline-position"]);
  expect([await things(), await audited("thing_add"), await audited("answer_repeat")]).toEqual([
    1, 1, 1,
  ]);
});

it("keeps stored answers unreadable in the database", async () => {
  await send(add("geo"), { id: 1, said: "something private" });
  const [row] = await stage.database.connect("postgres")<
    { answer: string }[]
  >`select answer from portal.idempotency`;
  expect(row?.answer.split(".")).toHaveLength(5);
  expect(Buffer.from(row?.answer ?? "", "base64url").toString("latin1")).not.toContain("private");
});

it("refuses the same key with another body", async () => {
  const key = newKey();
  await send(add("geo"), { id: 1, said: "a" }, key);
  await expect(send(add("geo"), { id: 1, said: "b" }, key)).rejects.toMatchObject({
    code: "IDEMPOTENCY_KEY_REUSED",
  });
});

it("refuses a second request while the first with its key is running, and takes it afterwards", async () => {
  const key = newKey();
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow = thingHandler(routeOf("local"), async (ctx) => {
    await ctx.tx`insert into things values (1, 'a')`;
    begun.resolve();
    await go.promise;
    return { body: { id: 1, said: "a" } };
  });
  const first = send(slow, { id: 1, said: "a" }, key);
  await begun.promise;
  await expect(send(slow, { id: 1, said: "a" }, key)).rejects.toMatchObject({
    code: "IDEMPOTENCY_IN_FLIGHT",
  });
  go.resolve();
  await first;
  expect((await send(slow, { id: 1, said: "a" }, key)).headers["careline-replayed"]).toBe("true");
});

it("refuses a write without a key, and keeps nothing of a handler that throws", async () => {
  await expect(send(add("geo"), { id: 1, said: "a" }, "no uuid")).rejects.toMatchObject({
    code: "IDEMPOTENCY_KEY_REQUIRED",
  });
  const failing = thingHandler(routeOf("geo"), async (ctx) => {
    await ctx.tx`insert into things values (1, 'a')`;
    throw new Error("no");
  });
  await expect(send(failing, { id: 1, said: "a" })).rejects.toMatchObject({ code: "INTERNAL" });
  expect([await things(), await audited("thing_add")]).toEqual([0, 0]);
});

it("does not acknowledge a commit that came after the permit was revoked; the repeat tells what became of it", async () => {
  const key = newKey();
  const late = thingHandler(routeOf("geo"), async (ctx) => {
    await ctx.tx`insert into things values (1, 'a')`;
    const confirmed = stage.keeper.confirmed();
    stage.keeper.announce({ permit: null, reason: "draining" });
    await confirmed;
    await expect.poll(() => foundation.permit.current()).toBeNull();
    return { body: { id: 1, said: "a" } };
  });
  await expect(send(late, { id: 1, said: "a" }, key)).rejects.toMatchObject({
    code: "OUTCOME_UNKNOWN",
  });
  expect(await things()).toBe(1);
  await expect(send(late, { id: 1, said: "a" }, key)).rejects.toMatchObject({
    code: "WRITES_PAUSED",
    options: { reason: "draining" },
  });
  stage.keeper.announce({ permit: { term: 1, remainingMs: 60_000 }, reason: "serving" });
  await expect.poll(() => foundation.permit.current()).not.toBeNull();
  expect((await send(late, { id: 1, said: "a" }, key)).headers["careline-replayed"]).toBe("true");
});

it("takes a write behind an earlier one of its term, and sends the client back when that term is over", async () => {
  const key = newKey();
  const after = (position: string): Record<string, string> => ({ "careline-after": position });
  expect((await send(add("local"), { id: 1, said: "a" }, key, after("1/0/1A"))).status).toBe(200);
  await expect(
    send(add("local"), { id: 2, said: "b" }, newKey(), after("0/0/1A")),
  ).rejects.toMatchObject({ code: "TERM_CHANGED", options: { terms: [{ term: 1 }] } });
  await expect(
    send(add("local"), { id: 2, said: "b" }, newKey(), after("yesterday")),
  ).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  expect(await things()).toBe(1);
});

it("publishes and runs effects after the commit only, and not at all without a permit", async () => {
  const done: string[] = [];
  const withEffect = (said: string): RegisteredHandler =>
    thingHandler(routeOf("local"), async (ctx) => {
      ctx.afterCommit(async () => void done.push(`${said}:${(await things()).toString()}`));
      await ctx.tx`insert into things values (${said.length}, ${said})`;
      if (said === "late") {
        stage.keeper.announce({ permit: null, reason: "draining" });
        await expect.poll(() => foundation.permit.current()).toBeNull();
      }
      return { body: { id: said.length, said } };
    });
  await send(withEffect("a"), { id: 1, said: "a" });
  await expect(send(withEffect("late"), { id: 4, said: "late" })).rejects.toMatchObject({
    code: "OUTCOME_UNKNOWN",
  });
  expect(done).toEqual(["a:1"]);
});

it("says single-region while unprotected, and refuses geo writes when the plan does not accept that", async () => {
  stage.keeper.announce({
    durability: {
      geo: false,
      generation: 1,
      unprotectedSince: "2026-11-22T10:00:00Z",
      acceptUnprotected: true,
    },
  });
  await expect.poll(() => foundation.permit.durability.geo).toBe(false);
  expect((await send(add("geo"), { id: 1, said: "a" })).headers["careline-durability"]).toBe(
    "single-region",
  );
  stage.keeper.announce({
    durability: { geo: false, generation: 1, unprotectedSince: null, acceptUnprotected: false },
  });
  await expect.poll(() => foundation.permit.durability.acceptUnprotected).toBe(false);
  await expect(send(add("geo"), { id: 2, said: "a" })).rejects.toMatchObject({
    code: "UNPROTECTED_REFUSED",
  });
  expect((await send(add("local"), { id: 3, said: "a" })).headers["careline-durability"]).toBe(
    "local",
  );
});

it("cannot write once a newer term began, whatever its keeper says", async () => {
  await stage.database.connect("postgres")`
    insert into continuity.terms select 2, store_id, 'west', 2, pg_current_wal_lsn(), now() from continuity.terms`;
  await expect(send(add("geo"), { id: 1, said: "a" })).rejects.toMatchObject({
    code: "WRITES_PAUSED",
    options: { reason: "old-term" },
  });
  expect(await things()).toBe(0);
});

it("audits a read in the read's own transaction, and lets nothing undeclared out", async () => {
  const read = thingHandler(routeOf("read"), async (ctx) => {
    await ctx.tx`select 1`;
    return { body: { id: 1, said: "a" } };
  });
  expect(await send(read, undefined)).toMatchObject({
    status: 200,
    headers: { "cache-control": "no-store" },
  });
  expect(await audited("thing_add")).toBe(1);
  const leaky = thingHandler(routeOf("read"), async () => ({
    body: { id: 1, said: "a", ssn: "000-00-0000" },
  }));
  await expect(send(leaky, undefined)).rejects.toMatchObject({ code: "INTERNAL" });
});

it("answers a read from a fenced region's own copy with its age, once the spool has its audit row", async () => {
  const read = thingHandler(routeOf("read"), async (ctx) => {
    ctx.audit({ resourceType: "thing", resourceId: "7" });
    return { body: { id: ctx.emergency === null ? 0 : 1, said: "a" } };
  });
  stage.keeper.announce({ permit: null, reason: "fenced" });
  await expect.poll(() => foundation.permit.current()).toBeNull();
  const answer = await send(read, undefined);
  expect(textOf(answer)).toContain('"id":1');
  expect(answer.headers["careline-data-age"]).toMatch(/^\d+\.\d$/);
  expect(await audited("thing_add")).toBe(0);
  stage.keeper.announce({ permit: { term: 1, remainingMs: 60_000 }, reason: "serving" });
  await expect.poll(() => foundation.permit.current()).not.toBeNull();
  const { importSpools } = await import("../emergency-reads/index.ts");
  const deps = { ...foundation, log: silentLogger(), directory: stage.config.spoolDirectory };
  expect(await importSpools(deps, stop.signal)).toBe(1);
  expect(await importSpools(deps, stop.signal)).toBe(0);
  const [row] = await stage.database.connect(
    "postgres",
  )`select origin, resource_id, agent_id from portal.audit_log where action = 'thing_add'`;
  expect(row).toEqual({ origin: "emergency", resource_id: "7", agent_id: agentId });
});
