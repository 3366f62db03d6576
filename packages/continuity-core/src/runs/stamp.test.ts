import { describe, expect, it } from "vitest";
import { type Stamp, whyRefused } from "./stamp.ts";

const stamp = (changes: Partial<Stamp> = {}): Stamp => ({
  storeGeneration: 2,
  storeId: "life-2",
  term: 3,
  run: "run-1",
  attempt: 4,
  ...changes,
});
const refused = (changes: Partial<Stamp>) => whyRefused(stamp(), stamp(changes));

describe("who obeys a stamped write", () => {
  it("obeys the first one, and the same one again: a repeat is not older", () => {
    expect(whyRefused(null, stamp())).toBeNull();
    expect(refused({})).toBeNull();
  });

  it("refuses an older attempt of the same run, and obeys a newer one", () => {
    expect(refused({ attempt: 3 })).toBe("older-attempt");
    expect(refused({ attempt: 5 })).toBeNull();
  });

  it("obeys another run of the same term, and any run of a newer one, whatever their attempts", () => {
    expect(refused({ run: "run-2", attempt: 1 })).toBeNull();
    expect(refused({ term: 4, attempt: 1 })).toBeNull();
    expect(refused({ term: 4, run: "run-2", attempt: 1 })).toBeNull();
  });

  it("refuses an older term, whatever its attempt", () => {
    expect(refused({ term: 2, attempt: 9 })).toBe("older-term");
    expect(refused({ term: 2, run: "run-0" })).toBe("older-term");
  });

  it("compares terms only within one life of the store: (generation, term)", () => {
    expect(refused({ storeGeneration: 1, storeId: "life-1", term: 9 })).toBe("older-store");
    expect(refused({ storeGeneration: 3, storeId: "life-3", term: 1, attempt: 1 })).toBeNull();
    expect(refused({ storeId: "twin" })).toBe("older-store");
  });
});
