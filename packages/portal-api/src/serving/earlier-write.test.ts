import { expect, it } from "vitest";
import { refuseAfterOlderTerm } from "./earlier-write.ts";

const refusal = (after: string | undefined, term: number): string | null => {
  try {
    refuseAfterOlderTerm(after === undefined ? {} : { "careline-after": after }, term);
    return null;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

it("takes a write that names no earlier one, and one behind an earlier write of this term", () => {
  expect(refusal(undefined, 3)).toBeNull();
  expect(refusal("3/0/5000", 3)).toBeNull();
});

it("sends a client back whose earlier write is of another term: its replay must come first", () => {
  expect(refusal("2/0/5000", 3)).toBe("TERM_CHANGED");
  expect(refusal("4/0/5000", 3)).toBe("TERM_CHANGED");
});

it("refuses what is no position", () => {
  for (const after of ["", "3", "3/x", "0/5000"]) expect(refusal(after, 3)).toBe("REQUEST_INVALID");
});
