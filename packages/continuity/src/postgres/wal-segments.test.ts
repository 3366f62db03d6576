import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { segmentsFrom } from "./wal-segments.ts";

const sizeBytes = 16 * 1024 * 1024;
let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "careline-wal-"));
  const names = [
    "000000010000000000000003",
    "00000003.history",
    "000000030000000000000004",
    "000000030000000000000005",
    "0000000300000001000000FF",
  ];
  for (const name of names) {
    writeFileSync(join(dir, name), "");
    // Sparse: it takes no room.
    if (!name.includes(".")) truncateSync(join(dir, name), sizeBytes);
  }
});
afterAll(() => rmSync(dir, { recursive: true }));

it("begins with the segment that holds the position, and ends with the timeline's last", () => {
  expect(segmentsFrom(dir, 3, "0/454D830")).toEqual([
    "000000030000000000000004",
    "0000000300000001000000FF",
  ]);
  expect(segmentsFrom(dir, 3, "1/FF000028")[0]).toBe("0000000300000001000000FF");
  expect(segmentsFrom(dir, 1, "0/3FFFFFF")).toEqual([
    "000000010000000000000003",
    "000000010000000000000003",
  ]);
});

it("fails rather than to begin elsewhere", () => {
  expect(() => segmentsFrom(dir, 3, "0/3000028")).toThrow("no log of timeline 3 at 0/3000028");
  expect(() => segmentsFrom(dir, 2, "0/454D830")).toThrow("no log of timeline 2");
});
