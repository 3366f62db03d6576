import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockSite } from "./site-lock.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-lock-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("lets one keeper of a site in and refuses the second until the first has left", async () => {
  const file = join(dir, "keeper.lock");
  const first = await lockSite(file, "portal-east");
  await expect(lockSite(file, "portal-east")).rejects.toMatchObject({ code: "SITE_LOCKED" });
  const other = await lockSite(join(dir, "other.lock"), "portal-west");
  other.release();
  first.release();
  (await lockSite(file, "portal-east")).release();
});

it("takes over the file of a keeper that is gone", async () => {
  const file = join(dir, "keeper.lock");
  writeFileSync(file, "999999999\n");
  const lock = await lockSite(file, "portal-east");
  expect(readFileSync(file, "utf8").trim()).toBe(String(process.pid));
  lock.release();
});
