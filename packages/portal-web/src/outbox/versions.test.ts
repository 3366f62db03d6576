import { expect, it } from "vitest";
import { plainVersion, theirVersion } from "./versions.ts";

it("shows fields of both versions line by line, without ids", () => {
  const body = { noteId: "x", noteText: "Called back", wrapUp: { code: "done", resolution: null } };
  expect(plainVersion(body)).toBe("noteText: Called back\nwrapUp.code: done");
});
it("reads the service's version from the problem document", () => {
  const problem = { code: "STALE_VERSION", status: 412, currentVersion: 4, current: { name: "B" } };
  expect(theirVersion(problem)).toEqual({ content: { name: "B" }, version: 4 });
  expect(theirVersion(null)).toEqual({ content: null, version: null });
});
