import { silentLogger, systemClock } from "@careline/platform";
import { routes } from "@careline/portal-contract";
import { applyBoardDelta } from "@careline/portal-contract/board/apply-delta.ts";
import type { BoardDelta } from "@careline/portal-contract/board/schemas.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentsHandlers } from "../agents/index.ts";
import { fillDatabase } from "../demo/index.ts";
import { RedisClient } from "../redis/index.ts";
import type { Session } from "../serving/index.ts";
import { type DomainStage, type StageHouse, startStageHouse } from "../testing/domain-stage.ts";
import {
  createTestAuthority,
  startTestRedis,
  type TestAuthority,
  type TestRedis,
} from "../testing/index.ts";
import { LiveBoard } from "./live-board.ts";

let house: StageHouse;
let stage: DomainStage;
let authority: TestAuthority;
let server: TestRedis;
let redis: RedisClient;
const signal = new AbortController().signal;

beforeAll(async () => {
  authority = createTestAuthority();
  server = await startTestRedis(authority);
  const { port, passwordFile, ca } = server;
  // A loaded machine answers late; the limit is not what is tried here.
  const config = { host: "127.0.0.1", port, passwordFile, ca, commandTimeoutMs: 5_000 };
  redis = new RedisClient(config, { clock: systemClock, log: silentLogger() });
  redis.connect();
  while (!redis.isReachable) await systemClock.sleep(10);
  house = await startStageHouse();
  stage = await house.open();
  stage.handlers = agentsHandlers;
  await fillDatabase(stage.owner, stage.cipher, { agents: 101, patients: 0 });
});
afterAll(async () => {
  await redis.close();
  await server.stop();
  authority.remove();
  await stage.close();
  await house.stop();
});

const aBoard = (): LiveBoard => new LiveBoard({ ...stage.services, redis });
const scopeOf = (session: Session) => ({
  teamId: session.teamId,
  programmeIds: session.programmeIds,
});
const available = (who: Session) =>
  stage.ask(routes.setPresence, who, { body: { state: "available" } });
const offline = (who: Session) =>
  stage.ask(routes.setPresence, who, { body: { state: "offline", reason: "end_of_shift" } });
const deltasFor = (who: Session): BoardDelta[] =>
  stage.events
    .filter(
      (event) => event.kind === "board" && event.audience.agents?.includes(who.agentId) === true,
    )
    .map((event) => event.data as BoardDelta);

describe("the live board", () => {
  it("shows a supervisor their team and queues, and tells what changed with a number that follows [HCC-RED-08]", async () => {
    const board = aBoard();
    const supervisor = await stage.sessionOf("supervisor01");
    const agent = await stage.sessionOf("agent001");
    const before = await board.snapshot(supervisor.agentId, scopeOf(supervisor), signal);
    expect(before.agents).toHaveLength(102);
    expect(before.queues).toHaveLength(3);
    stage.events.length = 0;
    await available(agent);
    await board.look(signal);
    const [delta] = deltasFor(supervisor);
    expect(delta).toMatchObject({
      sequence: before.sequence + 1,
      agents: [{ agentId: agent.agentId, state: "available" }],
    });
    const after = delta === undefined ? { kind: "gap" } : applyBoardDelta(before, delta);
    expect(after.kind).toBe("applied");
    await offline(agent);
  });
  it("tells another team's supervisor nothing of it", async () => {
    const board = aBoard();
    const stranger = await stage.sessionOf("supervisor02");
    await board.snapshot(stranger.agentId, scopeOf(stranger), signal);
    const agent = await stage.sessionOf("agent002");
    stage.events.length = 0;
    await available(agent);
    await board.look(signal);
    expect(deltasFor(stranger)).toEqual([]);
    await offline(agent);
  });
  it("counts who waits, the longest wait and the day's service level", async () => {
    const board = aBoard();
    const manager = await stage.sessionOf("manager01");
    const waiter = await stage.sessionOf("agent003");
    const since = new Date(stage.clock.wallNow().getTime() - 30_000);
    const callId = await stage.placeCall(waiter, { startedAt: since });
    await stage.owner`update portal.call_logs set connected_at = null where call_id = ${callId}`;
    await stage.owner`alter table portal.call_logs disable trigger call_transition`;
    await stage.owner`update portal.call_logs set state = 'offered', agent_id = null where call_id = ${callId}`;
    await stage.owner`alter table portal.call_logs enable trigger call_transition`;
    const scope = { teamId: null, programmeIds: manager.programmeIds };
    const { queues } = await board.snapshot(manager.agentId, scope, signal);
    expect(queues.find((queue) => queue.name === "Safety reporting")).toMatchObject({
      waiting: 1,
      longestWaitSince: since.toISOString(),
      serviceLevelPercent: null,
    });
  });
  it("is kept in Redis, and written there anew from PostgreSQL when Redis lost it or a term begins [HCC-RED-07] [HCC-RED-09]", async () => {
    const board = aBoard();
    const agent = await stage.sessionOf("agent004");
    await available(agent);
    await board.look(signal);
    const read = async () =>
      JSON.parse(String(await redis.command(["HGET", "careline:live:agents", agent.agentId])));
    expect(await read()).toMatchObject({ state: "available" });
    await redis.command(["FLUSHALL"]);
    await board.look(signal);
    expect(await read()).toMatchObject({ state: "available" });
    await redis.command(["HSET", "careline:live:agents", "nobody", "{}"]);
    await stage.nextTerm();
    await board.look(signal);
    expect(await redis.command(["HEXISTS", "careline:live:agents", "nobody"])).toBe(0);
    expect(await read()).toMatchObject({ state: "available" });
    await offline(agent);
  });
});
