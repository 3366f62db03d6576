import { routes } from "@careline/portal-contract";
import { describe, expect, it } from "vitest";
import { parseInput } from "./parse-input.ts";
import { unstorableText } from "./storable-text.ts";

const aNote = (noteText: string) => ({
  params: { callId: "0199c0de-0000-7000-8000-000000000001" },
  query: undefined,
  body: { noteId: "0199c0de-0000-7000-8000-000000000002", noteType: "general", noteText },
});

describe("text that a database does not keep as it is", () => {
  it.each([
    ["a NUL character", "rash\0 on both arms"],
    ["half of an emoji", "rash \ud83d on both arms"],
  ])("is refused as a client's mistake, not as a failure of ours: %s", (_, text) => {
    expect(() => parseInput(routes.addNote, aNote(text))).toThrow(
      expect.objectContaining({
        code: "REQUEST_INVALID",
        options: expect.objectContaining({
          fields: [{ at: "body.noteText", rule: "unstorable" }],
        }),
      }),
    );
  });
  it.each(["الطفح على الذراعين", "\u202Etxet", "👩‍👩‍👧‍👦", "two\nlines\tand a tab", "\u0007 bell"])(
    "is nothing that people write: %j",
    (text) => {
      expect(() => parseInput(routes.addNote, aNote(text))).not.toThrow();
    },
  );
  it("is found however deep it lies", () => {
    expect(unstorableText({ drugs: [{ name: "ok" }, { name: "\0" }] }, "body")).toBe(
      "body.drugs.1.name",
    );
    expect(unstorableText({ count: 1, none: null, list: [] }, "body")).toBeNull();
  });
});
