import { expect, it } from "vitest";
import { type AuditRow, canonicalBytes, canonicalHash } from "./canonical.ts";

const row: AuditRow = {
  auditId: "01990000-0000-7000-8000-00000000000a",
  timestamp: new Date("2026-11-22T10:00:00.123Z"),
  agentId: "01990000-0000-7000-8000-000000000001",
  action: "call_read",
  resourceType: "call",
  resourceId: null,
  patientId: null,
  ipAddress: "127.0.0.1",
  userAgent: "ü",
  sessionId: null,
  region: "east",
  statusCode: 200,
  details: "{}",
  requestId: "01990000-0000-7000-8000-0000000000ee",
  origin: "agent",
};

it("begins with the name of the encoding and writes lengths in bytes, not characters", () => {
  const bytes = canonicalBytes(row, 3);
  expect(bytes.subarray(0, 20).toString("latin1")).toBe("\u0000\u0000\u0000\u0010careline-audit/1");
  expect(bytes.includes(Buffer.from([0, 0, 0, 2, 0xc3, 0xbc]))).toBe(true);
  expect(bytes.subarray(-5)).toEqual(Buffer.from([0, 0, 0, 1, 0x33]));
});

it("gives the vector of docs/reference/audit-encoding.md", () => {
  expect(canonicalHash(row, 3)).toBe(
    "58cb96d56a644eabe8182f4840d61c6c736edeeea29d469b4c7a8f3d17533bd3",
  );
});

it("tells an absent value from an empty one, and neighbours apart", () => {
  const hashes = [
    canonicalHash(row, 3),
    canonicalHash({ ...row, resourceId: "" }, 3),
    canonicalHash({ ...row, resourceType: "cal", resourceId: "l" }, 3),
    canonicalHash({ ...row, resourceType: "call", resourceId: "" }, 3),
    canonicalHash(row, 4),
  ];
  expect(new Set(hashes).size).toBe(4);
});
