import { readFileSync } from "node:fs";
import { silentLogger, systemClock, systemRandom } from "@careline/platform";
import type { EventEnvelope } from "@careline/portal-contract";
import { Agent, request } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { buildFoundation, type Foundation } from "../foundation.ts";
import {
  type PortalStage,
  type StageBrowser,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";
import type { Audience } from "./index.ts";

let servers: StageServers;
let stage: PortalStage;
let peer: Foundation;
let stop: AbortController;
let asking: Promise<void>;
let browser: StageBrowser;
let agent: Agent;
const agentId = "01990000-0000-7000-8000-000000000001";

beforeAll(async () => {
  servers = await startStageServers();
  stage = await startPortalStage(servers, { withoutLoops: true });
  await stage.database.connect("careline_owner")`
    insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example', 'active')`;
  agent = new Agent({
    connect: { ca: readFileSync(servers.authority.ca), servername: "localhost" },
  });
  stop = new AbortController();
  // Another process of the region: it has no streams, it publishes.
  peer = buildFoundation({
    config: stage.config,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger(),
    stop: stop.signal,
  });
  peer.redis.connect();
  peer.events.start();
  asking = peer.permit.run(stop.signal);
  await peer.permit.firstAnswer();
});
afterAll(async () => {
  stop.abort();
  await asking;
  peer.events.stop();
  peer.redis.close();
  await peer.database.close();
  await agent.destroy();
  await stage.stop();
  await servers.stop();
});
beforeEach(async () => {
  stage.keeper.announce({ permit: { term: 1, remainingMs: 60_000 }, reason: "serving" });
  await expect.poll(() => stage.app.permit.current()?.term).toBe(1);
  await expect.poll(() => peer.permit.current()?.term).toBe(1);
  browser = stage.browser();
  await browser.signIn("sub-1");
});

interface Watch {
  readonly messages: EventEnvelope[];
  readonly kinds: () => readonly string[];
  readonly ended: Promise<void>;
  readonly close: () => void;
}

const watches: Watch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
});

async function watch(): Promise<Watch> {
  const closing = new AbortController();
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const { statusCode, body } = await request(new URL("/api/events", stage.origin), {
    dispatcher: agent,
    headers: { cookie },
    signal: closing.signal,
  });
  expect(statusCode).toBe(200);
  const messages: EventEnvelope[] = [];
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of body.setEncoding("utf8")) {
      const blocks = (rest + String(chunk)).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) messages.push(JSON.parse(data) as EventEnvelope);
      }
    }
  };
  const opened: Watch = {
    messages,
    kinds: () => messages.map(({ kind }) => kind),
    ended: read().catch(() => {}),
    close: () => closing.abort(),
  };
  watches.push(opened);
  await expect.poll(() => messages.length).toBeGreaterThan(0);
  return opened;
}

const heartbeatFor = (audience: Audience) => ({
  kind: "heartbeat" as const,
  data: { confirmed: "1/0/0" },
  audience,
});

it("opens with a hello and counts its messages without a gap", async () => {
  const stream = await watch();
  expect(stream.messages[0]).toMatchObject({
    kind: "hello",
    sequence: 1,
    data: { heartbeatMs: 10_000, site: "east" },
  });
  for (let count = 0; count < 3; count += 1)
    peer.events.publish(heartbeatFor({ agents: [agentId] }));
  await expect.poll(() => stream.kinds().filter((kind) => kind === "heartbeat")).toHaveLength(3);
  expect(stream.messages.map(({ sequence }) => sequence)).toEqual(
    stream.messages.map((_, index) => index + 1),
  );
});

it("carries events of the region's other processes to those whom they are for, and to nobody else", async () => {
  const stream = await watch();
  peer.events.publish(heartbeatFor({ agents: ["01990000-0000-7000-8000-0000000000bb"] }));
  peer.events.publish(heartbeatFor({ everyTeam: true }));
  peer.events.publish(heartbeatFor({ everyone: true }));
  await expect.poll(() => stream.kinds().filter((kind) => kind === "heartbeat")).toHaveLength(1);
});

it("gives a sign of life for whoever listens, which the region's other processes read", async () => {
  const before = await peer.signs.read();
  const stream = await watch();
  await expect.poll(async () => (await peer.signs.read())?.has(agentId)).toBe(true);
  const sign = (await peer.signs.read())?.get(agentId);
  expect(sign).not.toBe(before?.get(agentId));
  stream.close();
  // Another stream of the same agent: another sign, by which their desk is known to live.
  await watch();
  await expect.poll(async () => (await peer.signs.read())?.get(agentId) !== sign).toBe(true);
});

it("reads no signs of desks from a Redis that takes none: every desk would look silent", async () => {
  await watch();
  await expect.poll(async () => (await peer.signs.read())?.has(agentId)).toBe(true);
  // As a full disk does: what is there is answered, nothing is written.
  const needs = (replicas: string): Promise<unknown> =>
    peer.redis.command(["CONFIG", "SET", "min-replicas-to-write", replicas]);
  await needs("1");
  try {
    expect(await peer.redis.command(["HGETALL", "careline:desks"])).not.toBeNull();
    expect(await peer.signs.read()).toBeNull();
  } finally {
    await needs("0");
  }
  expect((await peer.signs.read())?.has(agentId)).toBe(true);
});

it("tells of a gap when a message of another process was lost", async () => {
  const stream = await watch();
  peer.events.publish(heartbeatFor({ everyone: true }));
  await expect.poll(() => stream.kinds()).toContain("heartbeat");
  const lost = { from: systemRandom.uuid(), event: null };
  const say = async (count: number): Promise<unknown> =>
    peer.redis.command(["PUBLISH", "careline:events", JSON.stringify({ ...lost, count })]);
  await say(1);
  await say(3);
  await expect.poll(() => stream.kinds()).toContain("gap");
});

it("ends with the state of the session when it is locked", async () => {
  const stream = await watch();
  await browser.send("/api/session/lock", { method: "POST" });
  await stream.ended;
  expect(stream.messages.at(-1)).toMatchObject({ kind: "session", data: { state: "locked" } });
  expect((await browser.send("/api/events")).json?.code).toBe("SESSION_LOCKED");
});

it("lets nothing out once the permit is gone, and sends everybody to the front door", async () => {
  const stream = await watch();
  stage.keeper.announce({ permit: null, reason: "fenced" });
  await stream.ended;
  expect(stream.messages.at(-1)?.kind).toBe("drain");
  const before = stream.messages.length;
  peer.events.publish(heartbeatFor({ everyone: true }));
  expect(stream.messages).toHaveLength(before);
  expect((await browser.send("/api/events")).json?.code).toBe("NOT_DURING_EMERGENCY");
});
