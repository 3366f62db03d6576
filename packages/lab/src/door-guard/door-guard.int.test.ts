import { silentLogger, systemClock } from "@careline/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DoorTrial, until } from "../testing/index.ts";
import { DoorGuard } from "./door-guard.ts";
import type { Verdict } from "./verdict.ts";

let door: DoorTrial;
let stop: AbortController;
let running: Promise<void>;
const told: string[] = [];

beforeEach(async () => {
  door = await DoorTrial.begin();
});
afterEach(async () => {
  stop.abort();
  await running;
  await door.end();
});

function startGuard(): void {
  told.length = 0;
  stop = new AbortController();
  const { authorityFile, adminSocket, east, west, dir } = door;
  const regions = [east, west].map(({ name, port }) => ({
    name,
    url: `https://127.0.0.1:${port}`,
  }));
  const guard = new DoorGuard(
    { controlSocket: `${dir}/g`, adminSocket, pool: "permit_api", authorityFile, regions },
    {
      clock: systemClock,
      log: silentLogger(),
      onVerdict: (region: string, verdict: Verdict) => told.push(`${region} ${verdict}`),
    },
  );
  running = guard.run(stop.signal);
}

const msUntilServedBy = async (name: string): Promise<number> => {
  const since = systemClock.monotonicMs();
  await until(async () => (await door.servedBy().catch(() => "")) === name);
  return systemClock.monotonicMs() - since;
};

describe("the guard of the front door", () => {
  beforeEach(async () => {
    door.east.term = 3;
    await door.open();
    startGuard();
    await until(async () => told.includes("east up") && told.includes("west down"));
    expect(await door.servedBy()).toBe("east");
  });

  it("sends everyone to the region that got the permit, there and back", async () => {
    door.east.term = null;
    door.west.term = 4;
    await msUntilServedBy("west");
    door.west.term = null;
    door.east.term = 5;
    await msUntilServedBy("east");
  });

  it("leaves a region that hangs as soon as the other one serves, seconds before its own checks would, and lets go who waits for it", async () => {
    door.east.answer = "never";
    const waiting = door.ask("/api/slow");
    await until(async () => door.east.seen.includes("GET /api/slow"));
    door.east.hang();
    door.west.term = 4;
    expect((await waiting).status).toBeGreaterThanOrEqual(502);
    // Its own checks need six seconds of silence.
    expect(await msUntilServedBy("west")).toBeLessThan(5_000);
  });

  it("keeps a region that is only busy: nobody's session is ended, and who waits is answered", async () => {
    const before = await door.timesDown("east");
    door.east.answer = "never";
    const broken: unknown[] = [];
    void door.ask("/api/slow").then(
      (answer) => broken.push(answer.status),
      (thrown) => broken.push(thrown),
    );
    await until(async () => door.east.seen.includes("GET /api/slow"));
    // Longer than six checks of a second need, had the guard not gone on hearing it over its own connection.
    door.east.isBusy = true;
    await systemClock.sleep(7_500);
    expect(broken).toEqual([]);
    expect(await door.timesDown("east")).toBe(before);
    door.east.isBusy = false;
    door.east.answer = "well";
    await msUntilServedBy("east");
  });

  it("leaves a region that refuses connections at once, and takes it back when it serves again", async () => {
    const { port } = door.east;
    door.east.close();
    await until(async () => told.at(-1) === "east down");
    expect(port).toBe(door.east.port);
    door.west.term = 4;
    await msUntilServedBy("west");
  });

  it("has no say while it does not run: the door's own checks go on, and undo what it told last", async () => {
    stop.abort();
    await running;
    door.east.term = null;
    door.west.term = 4;
    await msUntilServedBy("west");
  });
});
