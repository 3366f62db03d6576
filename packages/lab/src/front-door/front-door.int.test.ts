import { type ClientHttp2Session, connect as connectH2 } from "node:http2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DoorTrial, until } from "../testing/index.ts";

let door: DoorTrial;
beforeEach(async () => {
  door = await DoorTrial.begin();
});
afterEach(async () => {
  await door.end();
});

describe("the front door", () => {
  it("sends everyone to the region that holds the permit, and follows it by its own checks within seconds", async () => {
    door.west.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "west");
    door.west.term = null;
    door.east.term = 3;
    await until(async () => (await door.servedBy()) === "east");
  });

  it("falls back to a region that is alive only while none holds the permit", async () => {
    await door.open();
    door.east.isAlive = false;
    await until(async () => (await door.servedBy()) === "west");
    expect(await door.servedBy("/")).toBe("west");
  });

  it("lets a write wait until a region holds the permit, and then sends it there alone", async () => {
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const write = door.ask("/api/notes", { method: "POST" });
    // Reads do not wait: whoever is alive answers them.
    expect(await door.servedBy()).toBe("east");
    door.west.term = 3;
    const { status, text } = await write;
    expect([status, JSON.parse(text)]).toMatchObject([200, { site: "west" }]);
    expect(door.east.seen).not.toContain("POST /api/notes");
    expect(door.west.seen.filter((line) => line === "POST /api/notes")).toHaveLength(1);
  });

  it("tells a write that has waited in vain", async () => {
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const { status, text } = await door.ask("/api/notes", { method: "POST" });
    expect([status, JSON.parse(text)]).toMatchObject([503, { code: "NO_REGION" }]);
    expect(door.east.seen).not.toContain("POST /api/notes");
  });

  it("answers with a problem document on API paths and with a page elsewhere when no region is there", async () => {
    for (const portal of [door.east, door.west]) portal.isAlive = false;
    await door.open();
    await until(async () => (await door.ask("/api/x")).status === 503);
    const problem = await door.ask("/api/x");
    expect(problem.type).toBe("application/problem+json");
    expect(JSON.parse(problem.text)).toMatchObject({ status: 503, code: "NO_REGION" });
    expect(problem.headers["retry-after"]).toBe("1");
    expect(problem.headers["cache-control"]).toBe("no-store");
    const page = await door.ask("/desk", { headers: { accept: "text/html" } });
    expect([page.status, page.type]).toEqual([503, "text/html"]);
    expect(page.text).toContain("No region answers");
  });

  it("never gives a request to another region once its bytes were sent", async () => {
    door.east.term = 3;
    door.west.term = 3;
    door.east.answer = "break-off";
    await door.open();
    await until(async () => (await door.ask("/api/x")).status === 502);
    const seenBefore = door.east.seen.length;
    const answer = await door.ask("/api/calls", { method: "POST" });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "FRONT_DOOR_BROKEN" });
    expect(door.east.seen.length - seenBefore).toBe(1);
    expect(door.west.seen).not.toContain("POST /api/calls");
  });

  it("lets a crowd take turns on few connections, and everybody is served", async () => {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const before = door.east.connections;
    const served = await Promise.all(Array.from({ length: 200 }, () => door.servedBy()));
    expect(new Set(served)).toEqual(new Set(["east"]));
    // 32 turns, and the checks of two pools meanwhile.
    expect(door.east.connections - before).toBeLessThan(60);
  });

  it.each([
    ["short", 1_000, 100],
    ["long", 200_000, 100_000],
  ])(
    "serves others while many senders stop in the middle of a %s body",
    async (_, length, bytes) => {
      door.east.term = 3;
      await door.open();
      await until(async () => (await door.servedBy()) === "east");
      const stalled = await Promise.all(
        Array.from({ length: 50 }, () => door.stall("/api/x", length, bytes)),
      );
      expect(await door.servedBy()).toBe("east");
      for (const breakOff of stalled) breakOff();
    },
  );

  it("ends the sessions of a region that lost its permit, so that nobody waits for it", async () => {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    door.east.answer = "never";
    const waiting = door.ask("/api/slow");
    await until(async () => door.east.seen.includes("GET /api/slow"));
    door.east.term = null;
    expect((await waiting).status).toBeGreaterThanOrEqual(502);
  });

  it("refuses what the outside has no business with", async () => {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const page = await door.ask("/metrics");
    expect([page.status, page.type]).toEqual([403, "text/html"]);
    const traced = await door.ask("/api/x", { method: "TRACE" });
    expect([traced.status, traced.type]).toEqual([403, "application/problem+json"]);
    expect(JSON.parse(traced.text)).toMatchObject({ code: "FRONT_DOOR_REFUSED" });
    expect(door.east.seen.some((line) => line.includes("/metrics"))).toBe(false);
  });

  it("tells the portal where a request came from and believes nobody else about it", async () => {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const forged = { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" };
    const { text } = await door.ask("/api/x", { headers: forged });
    const { headers } = JSON.parse(text) as { headers: Record<string, string> };
    expect(headers["x-forwarded-for"]).toBe("127.0.0.1");
    expect(headers["x-forwarded-proto"]).toBe("https");
    expect(headers.forwarded).toBeUndefined();
  });

  it("limits a session that asks too fast, and leaves the others alone", async () => {
    door.east.term = 3;
    await door.open();
    await until(async () => (await door.servedBy()) === "east");
    const session: ClientHttp2Session = connectH2(`https://localhost:${door.port}`, {
      rejectUnauthorized: false,
    });
    const status = (cookie: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ":path": "/api/x", cookie: `__Host-careline=${cookie}` });
        stream.on("response", (headers) => resolve(Number(headers[":status"])));
        stream.on("error", reject);
        stream.resume();
        stream.end();
      });
    let statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      statuses = await Promise.all(Array.from({ length: 100 }, () => status("hasty")));
    }
    expect(statuses).toContain(429);
    expect(await status("calm")).toBe(200);
    session.destroy();
  });

  it("sends plain HTTP to its own HTTPS address, whatever host was named", async () => {
    door.east.term = 3;
    await door.open();
    const { get } = await import("node:http");
    const location = await new Promise<string | undefined>((resolve, reject) => {
      get(
        {
          host: "127.0.0.1",
          port: door.plainPort,
          path: "/desk?x=1",
          headers: { host: "evil.example" },
        },
        (response) => {
          response.resume();
          resolve(response.headers.location);
        },
      ).on("error", reject);
    });
    expect(location).toBe(`https://localhost:${door.port}/desk?x=1`);
  });
});
