import { describe, expect, it } from "vitest";
import { parseRow } from "./salvage-merge.ts";

describe("a row named on the command line", () => {
  it("has a table and the columns of its key", () => {
    expect(parseRow("portal.call_notes:note_id=0193")).toEqual({
      table: "portal.call_notes",
      key: { note_id: "0193" },
    });
    expect(parseRow("portal.agent_skills:agent_id=a,kind=b=c").key).toEqual({
      agent_id: "a",
      kind: "b=c",
    });
  });

  it.each(["call_notes:note_id=1", "portal.call_notes", "portal.call_notes:note_id", "a.b:=1"])(
    "is refused when it names no row: %s",
    (text) => {
      expect(() => parseRow(text)).toThrow(/is not <schema.table>/);
    },
  );
});
