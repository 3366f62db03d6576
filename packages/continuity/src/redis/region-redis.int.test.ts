import { readFileSync } from "node:fs";
import { systemClock } from "@careline/platform";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RedisConfig } from "../config.ts";
import { createAuthority } from "../testing/authority.ts";
import { startRedis } from "../testing/redis-trial.ts";
import { configureTwoRegions } from "../testing/region.ts";
import { becomeUnprivileged, eventually, Trial } from "../testing/trial.ts";
import { RegionRedis } from "./index.ts";

becomeUnprivileged();
const trial = new Trial("redis");
const never = new AbortController().signal;
let east: RegionRedis;
let west: RegionRedis;
let configs: Readonly<Record<"east" | "west", RedisConfig>>;

beforeAll(async () => {
  const regions = await configureTwoRegions(trial, createAuthority(trial.dir));
  configs = regions.redis;
  for (const site of ["east", "west"] as const) startRedis(trial, site, configs[site]);
  east = new RegionRedis(configs.east, systemClock);
  west = new RegionRedis(configs.west, systemClock);
  await eventually("both answer", 10_000, async () => {
    await east.state(never);
    await west.state(never);
    return true;
  });
});
afterAll(async () => {
  east?.close();
  west?.close();
  await trial.end();
});

async function set(site: "east" | "west", value: string): Promise<string> {
  const client = createClient({
    password: "redis-secret",
    socket: {
      ...configs[site].listen,
      tls: true,
      ca: readFileSync(configs[site].tls.ca),
      reconnectStrategy: false,
    },
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return String(await client.set("k", value));
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.message.split(" ")[0] ?? "") : "";
  } finally {
    client.destroy();
  }
}

it("lets the standby's cache follow over TLS and reach the primary's offset", async () => {
  await west.follow(never);
  await west.follow(never);
  expect(await set("east", "1")).toBe("OK");
  await eventually("the replica has it", 10_000, async () => {
    const [primary, replica] = [await east.state(never), await west.state(never)];
    return replica.isLinked && replica.offset === primary.offset && primary.replicas === 1;
  });
  expect(await set("west", "2")).toBe("READONLY");
});

it("refuses writes while it is blocked and takes them again when promoted or unblocked", async () => {
  await east.block(never);
  expect(await set("east", "3")).toBe("NOREPLICAS");
  await west.promote(never);
  expect(await set("west", "4")).toBe("OK");
  await east.unblock(never);
  expect(await set("east", "5")).toBe("OK");
});

it("says CACHE_DOWN within its time-out when the server hangs, and recovers", async () => {
  const pid = Number(readFileSync(`${trial.dir}/east/redis.pid`, "utf8"));
  process.kill(pid, "SIGSTOP");
  await expect(east.state(never)).rejects.toMatchObject({ code: "CACHE_DOWN" });
  process.kill(pid, "SIGCONT");
  await eventually(
    "it answers again",
    10_000,
    async () => (await east.state(never)).role === "primary",
  );
});
