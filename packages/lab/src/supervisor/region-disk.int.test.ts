import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import { afterEach, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { LabError } from "../errors.ts";
import {
  fillDisk,
  freeDisk,
  isMounted,
  mountRegionDisk,
  unmountRegionDisk,
} from "./region-disk.ts";

let dir = "";
let siteDir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-disk-"));
  siteDir = join(dir, "east");
});
afterEach(async () => {
  await unmountRegionDisk(siteDir, systemClock.deadline(10_000));
  rmSync(dir, { recursive: true, force: true });
});

/** Mounts, or skips the test where nothing can be mounted: not root, or a container without the right. */
async function mountOrSkip(test: TestContext): Promise<void> {
  try {
    await mount();
  } catch (thrown) {
    if (!(thrown instanceof LabError) || thrown.code !== "FAULT_UNAVAILABLE") throw thrown;
    test.skip(`SKIPPED: ${thrown.message}`);
  }
}

function mount(): Promise<unknown> {
  const image = join(dir, "east.img");
  return mountRegionDisk(siteDir, image, 48, null, systemClock.deadline(20_000));
}

describe("a region's own disk", () => {
  it("is full after the fault, and has room again after it is healed", async (test) => {
    await mountOrSkip(test);
    const report = await fillDisk(siteDir, 0, systemClock, systemClock.deadline(20_000));
    expect(report.evidence).toMatch(/bytes are free where/);
    expect(() => writeFileSync(join(siteDir, "more"), Buffer.alloc(2 * 1024 * 1024))).toThrow(
      expect.objectContaining({ code: "ENOSPC" }),
    );
    freeDisk(siteDir, systemClock);
    writeFileSync(join(siteDir, "more"), Buffer.alloc(2 * 1024 * 1024));
  });

  it("leaves nothing mounted behind, and keeps its files for the next start", async (test) => {
    await mountOrSkip(test);
    writeFileSync(join(siteDir, "data"), "kept");
    await unmountRegionDisk(siteDir, systemClock.deadline(10_000));
    expect(isMounted(siteDir)).toBe(false);
    const kind = await mount();
    if (kind === "ext4")
      expect(() => writeFileSync(join(siteDir, "data"), "", { flag: "wx" })).toThrow();
  });

  it("is not made twice", async (test) => {
    await mountOrSkip(test);
    expect(await mount()).toBe("mounted already");
  });
});
