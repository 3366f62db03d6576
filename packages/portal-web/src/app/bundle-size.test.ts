import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");
/** portal.md, "Speed": first load of the desktop with an empty cache. */
const firstLoadMax = 300 * 1024;

function newestSource(): number {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((path) => statSync(join(root, "src", path)).mtimeMs));
}

beforeAll(() => {
  const page = join(dist, "index.html");
  if (existsSync(page) && statSync(page).mtimeMs >= newestSource()) return;
  // A process of its own: inside the test runner NODE_ENV would bring React's development build.
  const vite = join(root, "../../node_modules/vite/bin/vite.js");
  const env = { ...process.env, NODE_ENV: "production", VITEST: undefined };
  execFileSync(process.execPath, [vite, "build", root, "--logLevel", "error"], {
    env,
    stdio: "inherit",
  });
}, 120_000);

/** A script and everything that it imports before it can run. */
function closure(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const code = readFileSync(join(dist, "assets", path), "utf8");
  for (const [, next] of code.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
    if (next !== undefined) closure(next, seen);
  }
  return seen;
}

it("loads the desk, cold, with at most 300 kB of compressed JavaScript", () => {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const entry = /src="\/assets\/([\w.-]+\.js)"/.exec(page)?.[1] ?? "";
  const desk =
    readdirSync(join(dist, "assets")).find((path) => /^desk-page-.*\.js$/.test(path)) ?? "";
  const scripts = closure(desk, closure(entry));
  const bytes = [...scripts].reduce(
    (sum, path) => sum + gzipSync(readFileSync(join(dist, "assets", path))).byteLength,
    0,
  );
  expect(scripts.size).toBeGreaterThan(5);
  expect(bytes).toBeLessThan(firstLoadMax);
});

it("holds no validation code, no fixtures and no inline script", () => {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
  for (const path of readdirSync(join(dist, "assets")).filter((each) => each.endsWith(".js"))) {
    const code = readFileSync(join(dist, "assets", path), "utf8");
    expect(code.includes("Rosa Example") || code.includes("ZodError")).toBe(false);
  }
});

it("keeps every built file in the service worker for a start without a region", () => {
  const worker = readFileSync(join(dist, "sw.js"), "utf8");
  expect(worker).not.toContain("__CARELINE_PRECACHE__");
  for (const path of readdirSync(join(dist, "assets"))) expect(worker).toContain(`/assets/${path}`);
});
