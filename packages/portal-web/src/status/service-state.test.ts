import { expect, it } from "vitest";
import { afterSighting, type ServiceState } from "./service-state.ts";

const serving: ServiceState = { kind: "serving", site: "east" };
const nine = "2026-11-22T09:00:00.000Z";
const later = "2026-11-22T09:00:07.000Z";

it("says since when nothing could be saved, through loss of the region and the pause after it", () => {
  const lost = afterSighting(serving, { kind: "no-answer" }, nine);
  const paused = afterSighting(lost, { kind: "write-refused" }, later);
  expect(lost).toEqual({ kind: "unreachable", since: nine });
  expect(paused).toMatchObject({ kind: "read-only", since: nine });
});
it("does not call a paused service serving because it answered a read", () => {
  const paused = afterSighting(serving, { kind: "write-refused" }, nine);
  expect(afterSighting(paused, { kind: "answered", site: "west", ageSeconds: null }, later)).toBe(
    paused,
  );
});
it("is serving again once the service says that it may save", () => {
  const paused = afterSighting(serving, { kind: "write-refused" }, nine);
  const report = { kind: "reported", site: "west", writable: true, ageSeconds: null } as const;
  expect(afterSighting(paused, report, later)).toEqual({ kind: "serving", site: "west" });
});
it("labels data of a copy with its age", () => {
  const seen = { kind: "answered", site: "west", ageSeconds: 3.2 } as const;
  expect(afterSighting(serving, seen, nine)).toMatchObject({ kind: "read-only", ageSeconds: 3.2 });
});
