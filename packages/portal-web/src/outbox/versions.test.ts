import { expect, it } from "vitest";
import { currentVersionOf, plainVersion } from "./versions.ts";

it("shows fields of both versions line by line, without ids", () => {
  const body = { noteId: "x", noteText: "Called back", wrapUp: { code: "done", resolution: null } };
  expect(plainVersion(body)).toBe("noteText: Called back\nwrapUp.code: done");
});
it("reads the service's version from the problem document", () => {
  const problem = { code: "STALE_VERSION", status: 412, yourVersion: 3, currentVersion: 4 };
  expect(currentVersionOf(problem)).toBe(4);
  expect(currentVersionOf({ code: "NOT_FOUND" })).toBeNull();
  expect(currentVersionOf(null)).toBeNull();
});
