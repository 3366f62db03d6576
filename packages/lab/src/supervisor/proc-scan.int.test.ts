import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import { afterEach, beforeEach, expect, it } from "vitest";
import { processesIn, signalTo, stateOf } from "./proc-scan.ts";

let dir = "";
const started: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-scan-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

function aChild(command: string, args: readonly string[]): number {
  const child = spawn(command, args, {
    cwd: dir,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  started.push(child);
  return child.pid ?? 0;
}

it("finds a process by its working directory, in a session of its own too", () => {
  const pid = aChild("sleep", ["600"]);
  expect(processesIn(dir)).toEqual([{ pid, cwd: dir }]);
});

it("does not take the folder east2 for a part of east", () => {
  aChild("sleep", ["600"]);
  expect(processesIn(dir.slice(0, -1))).toEqual([]);
});

it("leaves a person's shell alone that stands in the folder", async () => {
  // script(1) gives its command a terminal; script itself has none and is found.
  const scriptPid = aChild("script", ["--quiet", "--command", "sleep 600", "/dev/null"]);
  const deadline = systemClock.deadline(10_000);
  while (stateOf(scriptPid) !== "S") await systemClock.sleep(10, deadline);
  await systemClock.sleep(200);
  expect(processesIn(dir).map(({ pid }) => pid)).toEqual([scriptPid]);
});

it("knows nothing of a process that has ended", async () => {
  const pid = aChild("true", []);
  await new Promise((resolve) => started[0]?.once("exit", resolve));
  expect(stateOf(pid)).toBeNull();
  expect(signalTo(pid, "SIGTERM")).toBe(false);
});
