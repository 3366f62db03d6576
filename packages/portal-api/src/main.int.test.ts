import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type PortalStage,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "./testing/index.ts";

let servers: StageServers;
let stage: PortalStage;
const directory = mkdtempSync(join(tmpdir(), "careline-main-"));

beforeAll(async () => {
  servers = await startStageServers();
  stage = await startPortalStage(servers, { withoutLoops: true });
});
afterAll(async () => {
  await stage.stop();
  await servers.stop();
  rmSync(directory, { recursive: true });
});

function start(config: object): {
  readonly child: ReturnType<typeof spawn>;
  readonly lines: string[];
  readonly said: (text: string) => Promise<void>;
} {
  const path = join(directory, "portal.json");
  writeFileSync(path, JSON.stringify(config));
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "--config", path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  const said = async (text: string): Promise<void> => {
    await expect.poll(() => lines.join("\n"), { timeout: 100_000 }).toContain(text);
  };
  return { child, lines, said };
}

const ended = async (child: ReturnType<typeof spawn>): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", (code) => resolve(code)));

it("listens, runs its loops, and ends in order on SIGTERM", { timeout: 120_000 }, async () => {
  const portal = start(stage.config);
  await portal.said('"msg":"listening"');
  await portal.said('"msg":"permit gained"');
  const exit = ended(portal.child);
  portal.child.kill("SIGTERM");
  expect(await exit).toBe(0);
  expect(
    portal.lines.filter((line) => line.includes('"level":50') || line.includes('"level":60')),
  ).toEqual([]);
});

it("does not start with a field that it does not know, and names it", {
  timeout: 120_000,
}, async () => {
  const portal = start({ ...stage.config, surprise: 1 });
  expect(await ended(portal.child)).toBe(1);
  expect(portal.lines.join("\n")).toContain("CONFIG_INVALID");
});
