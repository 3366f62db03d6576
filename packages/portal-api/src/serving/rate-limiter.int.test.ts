import { silentLogger, systemClock } from "@careline/platform";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisClient } from "../redis/index.ts";
import { createTestAuthority, startTestRedis, type TestRedis } from "../testing/index.ts";
import { type Incoming, RateLimiter } from "./index.ts";

const authority = createTestAuthority();
let server: TestRedis;
let redis: RedisClient;
const limits = { windowMs: 60_000, perSession: 3, perAddress: 2 };

beforeAll(async () => {
  server = await startTestRedis(authority);
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
});
afterAll(async () => {
  redis.close();
  await server.stop();
  authority.remove();
});

const from = (ipAddress: string): Incoming =>
  ({ ipAddress, now: new Date("2026-11-22T10:00:20Z") }) as Incoming;

it("counts a session's requests over all portals of the region, and says when the window ends [HCC-RED-10]", async () => {
  await expect.poll(() => redis.isReachable).toBe(true);
  const portals = [
    new RateLimiter(redis, systemClock, limits),
    new RateLimiter(redis, systemClock, limits),
  ] as const;
  await portals[0].admit(from("a"), "s1");
  await portals[1].admit(from("b"), "s1");
  await portals[0].admit(from("c"), "s1");
  await expect(portals[1].admit(from("d"), "s1")).rejects.toMatchObject({
    code: "RATE_LIMITED",
    options: { retryAfterSeconds: 40 },
  });
  await portals[1].admit(from("d"), "s2");
});

it("goes on limiting by itself while Redis hangs", async () => {
  await expect.poll(() => redis.isReachable).toBe(true);
  server.pause();
  const limiter = new RateLimiter(redis, systemClock, limits);
  try {
    await limiter.admit(from("x"), null);
    await limiter.admit(from("x"), null);
    await expect(limiter.admit(from("x"), null)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await limiter.admit(from("y"), null);
  } finally {
    server.resume();
  }
});
