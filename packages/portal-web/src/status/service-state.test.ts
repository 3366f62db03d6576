import { expect, it } from "vitest";
import { afterSighting, type ServiceState } from "./service-state.ts";

const serving: ServiceState = { kind: "serving", site: "east", unprotectedSince: null };
const nine = "2026-11-22T09:00:00.000Z";
const later = "2026-11-22T09:00:07.000Z";

const alone = { unprotectedSince: nine, ageSeconds: null };

it("says since when one region is alone until the service says that it is not, whatever else it answers", () => {
  const said = { kind: "reported", site: "east", writable: true } as const;
  const isAlone = afterSighting(serving, { ...said, ...alone }, nine);
  expect(isAlone).toMatchObject({ kind: "serving", unprotectedSince: nine });
  const answered = { kind: "answered", site: "east", ageSeconds: null } as const;
  expect(afterSighting(isAlone, answered, later)).toBe(isAlone);
  const both = { ...said, unprotectedSince: null, ageSeconds: null };
  expect(afterSighting(isAlone, both, later)).toEqual(serving);
});
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
  const report = { kind: "reported", site: "west", writable: true, ...alone } as const;
  expect(afterSighting(paused, report, later)).toEqual({
    kind: "serving",
    site: "west",
    unprotectedSince: nine,
  });
});
it("labels data of a copy with its age", () => {
  const seen = { kind: "answered", site: "west", ageSeconds: 3.2 } as const;
  expect(afterSighting(serving, seen, nine)).toMatchObject({ kind: "read-only", ageSeconds: 3.2 });
});
