import { expect, it } from "vitest";
import { fieldText } from "./field-texts.ts";
import { currentVersionOf, plainVersion } from "./versions.ts";

it("shows fields of both versions line by line, without ids", () => {
  const body = { noteId: "x", noteText: "Called back", wrapUp: { code: "done", resolution: null } };
  const asItIs = (path: string): string => path;
  expect(plainVersion(body, asItIs)).toBe("noteText: Called back\nwrapUp.code: done");
});
it("names a field as the screen does, by its own path where several have its name", () => {
  expect(fieldText("changes.zipCode")).toBe("patients.zipCode");
  expect(fieldText("authority.kind")).toBe("desk.authority");
  expect(fieldText("reactions.0.verbatim")).toBe("adverseEvents.verbatim");
  expect(fieldText("wrapUp.kind")).toBeNull();
});
it("reads the service's version from the problem document", () => {
  const problem = { code: "STALE_VERSION", status: 412, yourVersion: 3, currentVersion: 4 };
  expect(currentVersionOf(problem)).toBe(4);
  expect(currentVersionOf({ code: "NOT_FOUND" })).toBeNull();
  expect(currentVersionOf(null)).toBeNull();
});
