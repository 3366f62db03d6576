import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@careline/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { places } from "../layout/index.ts";
import { applyFault } from "./apply-fault.ts";
import type { FaultCommand, FaultReport } from "./fault-command.ts";
import { processesIn, stateOf } from "./proc-scan.ts";
import type { ProcessSpec, SupervisorConfig } from "./process-spec.ts";
import { Supervisor } from "./supervisor.ts";

let dir = "";
let supervisor: Supervisor;
let config: SupervisorConfig;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-supervisor-"));
  mkdirSync(join(dir, "logs"));
});

afterEach(async () => {
  for (const { pid } of processesIn(join(dir, "sites"))) process.kill(pid, "SIGCONT");
  await supervisor.stopAll();
  expect(processesIn(dir)).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
});

/** A shell that says when it is ready by making a file; its probe is a socket nobody needs. */
function aProcess(name: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
  const place = places.find((each) => name.endsWith(each)) ?? "edge";
  const cwd = join(dir, "sites", place, name);
  return {
    name,
    place,
    wave: 0,
    command: process.execPath,
    args: [
      "-e",
      `const s = require("node:net").createServer().listen(${JSON.stringify(join(dir, name))});
       process.on("SIGTERM", () => { s.close(); process.exit(0); });`,
    ],
    before: null,
    env: { PATH: process.env.PATH ?? "" },
    cwd,
    dirs: [],
    nice: 0,
    ready: { kind: "socket", path: join(dir, name) },
    readyWithinMs: 15_000,
    stopWithinMs: 5000,
    ...change,
  };
}

/** One that first takes its old socket file away, as a server started again does. */
function aServer(name: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
  return aProcess(name, { before: ["/bin/rm", "-f", join(dir, name)], ...change });
}

async function start(...processes: ProcessSpec[]): Promise<void> {
  config = {
    stateDir: dir,
    logDir: join(dir, "logs"),
    controlSocket: "",
    wanSocket: "",
    lockPort: 0,
    owner: null,
    siteDirs: byPlace((place) => join(dir, "sites", place)),
    clockFiles: byPlace((place) => join(dir, `clock-${place}`)),
    skewableClocks: false,
    regionDiskMiB: null,
    processes,
  };
  supervisor = new Supervisor(config, systemClock, silentLogger());
  await supervisor.startAll();
}

function byPlace(path: (place: string) => string): SupervisorConfig["siteDirs"] {
  return Object.fromEntries(
    places.map((place) => [place, path(place)]),
  ) as SupervisorConfig["siteDirs"];
}

function fault(command: FaultCommand): Promise<FaultReport> {
  const deps = { supervisor, config, clock: systemClock };
  return applyFault(command, deps, systemClock.deadline(20_000));
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.deadline(15_000);
  while (!holds()) await systemClock.sleep(10, deadline);
}

const pidOf = (name: string): number => supervisor.child(name).pid ?? 0;

describe("the supervisor", () => {
  it("starts one wave after another and stops in the opposite order", async () => {
    const line = (text: string): string[] => ["/bin/sh", "-c", `echo ${text} >> ${dir}/order`];
    await start(
      aServer("second.east", { wave: 2, before: line("second") }),
      aServer("first.east", { wave: 1, before: line("first") }),
    );
    expect(supervisor.phase).toBe("running");
    expect(readFileSync(join(dir, "order"), "utf8")).toBe("first\nsecond\n");
  });

  it("does not start what comes after a process that is not ready in time, and names it", async () => {
    await start(
      aServer("broken.east", { command: "/bin/false", args: [], readyWithinMs: 700 }),
      aServer("later.east", { wave: 1 }),
    );
    expect(supervisor.status()).toMatchObject({
      phase: "incomplete",
      failure: "not ready in time: broken.east",
    });
    expect(supervisor.child("later.east").state).toBe("waiting");
  });

  it("goes on with what is left when it is asked to", async () => {
    const late = aServer("late.east", {
      before: ["/bin/sh", "-c", `test -e ${dir}/now`],
      readyWithinMs: 700,
    });
    await start(late, aServer("later.east", { wave: 1 }));
    expect(supervisor.phase).toBe("incomplete");
    writeFileSync(join(dir, "now"), "");
    await until(() => supervisor.child("late.east").state === "running");
    supervisor.resume();
    await until(() => supervisor.phase === "running");
    expect(supervisor.child("later.east").state).toBe("running");
  });

  it("waits for a task to end well before it goes on", async () => {
    const task = (name: string, command: string): ProcessSpec =>
      aProcess(name, { command, args: [], ready: { kind: "exit" } });
    await start(task("good.edge", "/bin/true"), task("bad.edge", "/bin/false"));
    expect(supervisor.child("good.edge").state).toBe("done");
    expect(supervisor.child("bad.edge").state).toBe("failed");
    expect(supervisor.phase).toBe("incomplete");
  });

  it("starts a process again that was killed, and counts it", async () => {
    await start(aServer("keeper.east"));
    const before = pidOf("keeper.east");
    const report = await fault({
      kind: "kill-process",
      process: "keeper.east",
      staysDown: false,
    });
    expect(report.pids).toEqual([before]);
    await until(() => supervisor.child("keeper.east").state === "running");
    expect(pidOf("keeper.east")).not.toBe(before);
    expect(supervisor.child("keeper.east").restarts).toBe(1);
  });

  it("leaves a process down that a fault keeps down, until it is healed", async () => {
    await start(aServer("keeper.east"));
    await fault({ kind: "kill-process", process: "keeper.east", staysDown: true });
    await systemClock.sleep(600);
    expect(supervisor.child("keeper.east").state).toBe("held");
    await fault({ kind: "heal-process", process: "keeper.east" });
    expect(supervisor.child("keeper.east").state).toBe("running");
  });

  it("kills what does not end when asked", async () => {
    const script = `require("node:net").createServer().listen(${JSON.stringify(join(dir, "deaf.east"))});
      process.on("SIGTERM", () => {});`;
    await start(aServer("deaf.east", { args: ["-e", script], stopWithinMs: 300 }));
    await supervisor.stopAll();
    expect(supervisor.child("deaf.east").lastExit).toBe("SIGKILL");
  });

  it("keeps what a process says in its log", async () => {
    const speaks = aProcess("speaks.edge", {
      command: "/bin/sh",
      args: ["-c", "echo out; echo err >&2"],
      ready: { kind: "exit" },
    });
    await start(speaks);
    const log = readFileSync(join(dir, "logs", "speaks.edge.log"), "utf8");
    expect(log.trim().split("\n").toSorted()).toEqual(["err", "out"]);
  });
});

describe("a fault on a whole site", () => {
  /** Like PostgreSQL: a child in a session of its own, which no process group reaches. */
  function withDetachedChild(name: string): ProcessSpec {
    const script = `require("node:child_process").spawn("sleep", ["600"], { detached: true });
      require("node:net").createServer().listen(${JSON.stringify(join(dir, name))});`;
    return aServer(name, { args: ["-e", script] });
  }

  it("kills everything of it at once, children in sessions of their own included, and nothing else", async () => {
    await start(withDetachedChild("keeper.east"), aServer("keeper.west"));
    const west = pidOf("keeper.west");
    await until(() => processesIn(join(dir, "sites", "east")).length === 2);
    const report = await fault({ kind: "kill-site", site: "east" });
    expect(report.pids).toHaveLength(2);
    expect(processesIn(join(dir, "sites", "east"))).toEqual([]);
    expect(pidOf("keeper.west")).toBe(west);
    expect(Date.parse(report.effectiveAt)).toBeGreaterThanOrEqual(Date.parse(report.beganAt));
    await systemClock.sleep(500);
    expect(supervisor.child("keeper.east").state).toBe("held");
  });

  it("heals it: what was killed runs again", async () => {
    await start(aServer("keeper.east"), aServer("portal.east", { wave: 1 }));
    await fault({ kind: "kill-site", site: "east" });
    const report = await fault({ kind: "heal-site", site: "east" });
    expect(report.pids).toEqual([pidOf("keeper.east"), pidOf("portal.east")]);
    expect(supervisor.child("portal.east").state).toBe("running");
  });

  it("freezes it and lets it go on", async () => {
    await start(withDetachedChild("keeper.east"));
    await until(() => processesIn(join(dir, "sites", "east")).length === 2);
    const { pids } = await fault({ kind: "stop-site", site: "east" });
    expect(pids).toHaveLength(2);
    expect(pids.map(stateOf)).toEqual(["T", "T"]);
    await fault({ kind: "continue-site", site: "east" });
    expect(pids.map(stateOf)).not.toContain("T");
    expect(supervisor.child("keeper.east").state).toBe("running");
  });

  it("refuses a disk fault where the region has no disk of its own, and says how to get one", async () => {
    await start(aServer("keeper.east"));
    await expect(fault({ kind: "fill-disk", region: "east", leaveBytes: 0 })).rejects.toMatchObject(
      {
        code: "FAULT_UNAVAILABLE",
        message: expect.stringContaining("SKIPPED") as string,
      },
    );
  });

  it("refuses a clock fault where the lab was not started for it", async () => {
    await start(aServer("keeper.east"));
    const command = { kind: "skew-clock", region: "east", offsetSeconds: 600 } as const;
    await expect(fault(command)).rejects.toMatchObject({ code: "FAULT_UNAVAILABLE" });
  });

  it("skews a clock where libfaketime is there", async (test) => {
    if (!existsSync("/usr/bin/faketime"))
      test.skip("SKIPPED: the Debian package faketime is missing");
    await start(aServer("keeper.east"));
    writeFileSync(join(dir, "clock-east"), "+0\n");
    const report = await fault({ kind: "skew-clock", region: "east", offsetSeconds: 600 });
    expect(report.evidence).toMatch(/off by (599|600|601) s/);
  });
});
