import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AuditRow } from "../audit/index.ts";
import { AuditSpool, readSpool, retireSpool, waitingSpools } from "./spool.ts";

const bootId = "01990000-0000-7000-8000-000000000001";
let directory: string;
let spool: AuditSpool;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "careline-spool-"));
  spool = new AuditSpool(directory, bootId);
});
afterEach(async () => {
  await spool.close();
  rmSync(directory, { recursive: true });
});

const aRow = (resourceId: string): AuditRow => ({
  auditId: "01990000-0000-7000-8000-00000000000a",
  timestamp: new Date("2026-11-22T10:00:00.123Z"),
  agentId: bootId,
  action: "patient_read",
  resourceType: "patient",
  resourceId,
  patientId: null,
  ipAddress: null,
  userAgent: null,
  sessionId: null,
  region: "west",
  statusCode: 200,
  details: "{}",
  requestId: "01990000-0000-7000-8000-0000000000ee",
  origin: "emergency",
});
const name = `${bootId}-1`;
const path = (): string => join(directory, `${name}.spool`);

it("reads back what was appended, in order, also when many come at once", async () => {
  await Promise.all(["a", "b", "c"].map(async (id) => spool.append([aRow(id), aRow(`${id}2`)])));
  const rows = await readSpool(directory, name);
  expect(rows.map(({ resourceId }) => resourceId)).toEqual(["a", "a2", "b", "b2", "c", "c2"]);
  expect(rows[0]).toEqual(aRow("a"));
});

it("notices a line that was altered, taken out or moved", async () => {
  for (const id of ["a", "b", "c"]) await spool.append([aRow(id)]);
  const lines = readFileSync(path(), "utf8").trimEnd().split("\n");
  const [a = "", b = "", c = ""] = lines;
  for (const damaged of [
    [a, b.replace('"b"', '"x"'), c],
    [a, c],
    [b, a, c],
    [b, c],
  ]) {
    writeFileSync(path(), `${damaged.join("\n")}\n`);
    await expect(readSpool(directory, name)).rejects.toMatchObject({ code: "SPOOL_UNREADABLE" });
  }
});

it("leaves out a last line that a crash cut short", async () => {
  await spool.append([aRow("a")]);
  appendFileSync(path(), '{"previous":"');
  expect(await readSpool(directory, name)).toHaveLength(1);
});

it("shows nothing when the disk refuses, and nothing ever after", async () => {
  const nowhere = new AuditSpool(join(directory, "absent"), bootId);
  await expect(nowhere.append([aRow("a")])).rejects.toMatchObject({ code: "READ_UNAVAILABLE" });
  await expect(nowhere.append([aRow("a")])).rejects.toMatchObject({ code: "READ_UNAVAILABLE" });
});

it("begins another file when it is rotated, each with a chain of its own", async () => {
  await spool.append([aRow("a")]);
  await spool.rotate();
  await spool.append([aRow("b")]);
  expect(await waitingSpools(directory, spool.name)).toEqual([name]);
  expect(await readSpool(directory, name)).toEqual([aRow("a")]);
  expect(await readSpool(directory, spool.name)).toEqual([aRow("b")]);
});

it("imports a spool once", async () => {
  await spool.append([aRow("a")]);
  expect(await waitingSpools(directory, "other")).toEqual([name]);
  expect(await waitingSpools(directory, name)).toEqual([]);
  await retireSpool(directory, name, "imported");
  expect(await waitingSpools(directory, "other")).toEqual([]);
});
