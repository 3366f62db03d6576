import { silentLogger, systemClock } from "@careline/platform";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestAuthority, startTestRedis, type TestRedis } from "../testing/index.ts";
import { RedisClient } from "./index.ts";

const authority = createTestAuthority();
let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startTestRedis(authority);
});
afterAll(async () => {
  await server.stop();
  authority.remove();
});
beforeEach(async () => {
  redis = new RedisClient(
    {
      host: "127.0.0.1",
      port: server.port,
      passwordFile: server.passwordFile,
      ca: server.ca,
      commandTimeoutMs: 250,
    },
    { clock: systemClock, log: silentLogger() },
  );
  redis.connect();
  await expect.poll(() => redis.isReachable).toBe(true);
});
afterEach(() => redis.close());

it("keeps and forgets values over TLS [HCC-RED-03]", async () => {
  expect(await redis.set("a", "1", 60_000)).toBe(true);
  expect(await redis.get("a")).toBe("1");
  await redis.delete("a");
  expect(await redis.get("a")).toBeNull();
});

it("answers null within its limit when Redis hangs, fails at once for a while, and then works again", async () => {
  server.pause();
  expect(await redis.get("a")).toBeNull();
  // Known before the process has looked at any socket or timer again.
  const aTurn = new Promise((resolve) => setImmediate(resolve, "a turn later"));
  expect(await Promise.race([redis.set("a", "1", 1_000), aTurn])).toBe(false);
  server.resume();
  await expect.poll(() => redis.isReachable, { timeout: 5_000 }).toBe(true);
  expect(await redis.set("b", "2", 1_000)).toBe(true);
});

it("does not take a command's own error for a lost Redis", async () => {
  await redis.command(["SET", "text", "x"]);
  expect(await redis.command(["LPUSH", "text", "x"])).toBeNull();
  expect(redis.isReachable).toBe(true);
});

it("receives what others publish", async () => {
  const { promise: received, resolve } = Promise.withResolvers<string>();
  const channel = redis.subscribe("news", resolve, () => {});
  await expect.poll(async () => redis.command(["PUBLISH", "news", "hello"])).toBe(1);
  expect(await received).toBe("hello");
  channel.close();
});
