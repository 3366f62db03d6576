import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type PortalStage,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";

let servers: StageServers;
let stage: PortalStage;
const webDir = mkdtempSync(join(tmpdir(), "careline-web-"));

beforeAll(async () => {
  mkdirSync(join(webDir, "assets"));
  writeFileSync(
    join(webDir, "index.html"),
    '<!doctype html><meta property="csp-nonce" nonce="__CARELINE_STYLE_NONCE__">',
  );
  writeFileSync(join(webDir, "assets", "app-1a2b.js"), "export {};");
  writeFileSync(join(webDir, "sw.js"), "self.skipWaiting();");
  servers = await startStageServers({ upToMigration: 99 });
  stage = await startPortalStage(servers, { webDir, withoutLoops: true });
});
afterAll(async () => {
  await stage.stop();
  await servers.stop();
  rmSync(webDir, { recursive: true });
});

const page = async (path: string) =>
  stage.browser().send(path, { headers: { accept: "text/html,*/*" } });

it("answers each path of the screens with the page, a nonce of its own and no room for foreign code", async () => {
  const [first, second] = [await page("/"), await page("/desk/anything?x=1")];
  expect([first.status, second.status]).toEqual([200, 200]);
  const nonce = /nonce="([^"]+)"/.exec(first.text)?.[1] ?? "";
  const policy = String(first.headers["content-security-policy"]);
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("unsafe");
  expect(second.text).not.toContain(nonce);
  expect(first.headers).toMatchObject({
    "cache-control": "no-cache",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
});

it("keeps hashed files for a year and asks for the others each time", async () => {
  const browser = stage.browser();
  const hashed = await browser.send("/assets/app-1a2b.js");
  expect(hashed).toMatchObject({
    status: 200,
    headers: { "cache-control": "public, max-age=31536000, immutable" },
  });
  expect(String(hashed.headers["content-type"])).toContain("javascript");
  expect((await browser.send("/sw.js")).headers["cache-control"]).toBe("no-cache");
});

it("answers addresses of the API with problems, never with the page", async () => {
  for (const path of ["/api/nothing", "/auth/nothing", "/webhooks/nothing"]) {
    expect(await page(path)).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
  }
  expect((await stage.browser().send("/assets/../../etc/passwd")).status).toBe(404);
  expect((await stage.browser().send("/assets/%2e%2e/%2e%2e/etc/passwd")).status).toBe(404);
});

it("tells the front door whether this region holds the permit, and that the process lives in any case", async () => {
  const browser = stage.browser();
  expect(await browser.send("/health")).toMatchObject({
    status: 200,
    json: { status: "serving", site: "east", term: 1 },
  });
  stage.keeper.announce({ permit: null, reason: "standby", primary: "west" });
  await expect.poll(async () => (await browser.send("/health")).status).toBe(503);
  expect(await browser.send("/health")).toMatchObject({
    json: { status: "standby", site: "east", term: null },
    headers: { "retry-after": "1" },
  });
  expect(await browser.send("/health/alive")).toMatchObject({
    status: 200,
    json: { status: "alive", site: "east" },
  });
  stage.keeper.announce({
    permit: { term: 1, remainingMs: 60_000 },
    reason: "serving",
    primary: "east",
  });
  await expect.poll(async () => (await browser.send("/health")).status).toBe(200);
});

it("lists the terms and its own description, and measures itself without anybody's data", async () => {
  const browser = stage.browser();
  expect(await browser.send("/terms")).toMatchObject({
    status: 200,
    json: {
      terms: [{ term: 1, site: "east", startLsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) }],
    },
  });
  expect(await browser.send("/openapi.json")).toMatchObject({
    status: 200,
    json: { openapi: "3.1.0" },
  });
  expect(await browser.send("/api/service-status")).toMatchObject({
    status: 200,
    json: { writable: true, protected: true, term: 1 },
  });
  const metrics = await browser.send("/metrics");
  expect(metrics.text).toContain('careline_permit_term{process="portal-api",site="east"} 1');
  expect(metrics.text).toMatch(/careline_request_seconds_count\{[^}]*operation="listTerms"/);
});
