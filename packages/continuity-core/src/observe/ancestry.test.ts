import { describe, expect, it } from "vitest";
import { aDatabase } from "../explain/scene.ts";
import type { HistoryRecord } from "../store/index.ts";
import { ancestryOf } from "./ancestry.ts";

const ended = (changes: Partial<HistoryRecord> = {}): HistoryRecord => ({
  term: 3,
  primary: "east",
  endedBy: "failover",
  successor: "west",
  run: null,
  successorLsn: "0/7000",
  endedAt: "2026-01-01T00:00:00.000Z",
  ...changes,
});

describe("a directory that was primary", () => {
  it("follows when its successor had all that it wrote, to the last byte", () => {
    const directory = aDatabase({ newestTerm: 3, endLsn: "0/7000" });
    expect(ancestryOf(directory, [ended()], 4)).toBe("ancestor");
  });

  it("has a tail of its own when it wrote one byte more", () => {
    const directory = aDatabase({ newestTerm: 3, endLsn: "0/7001" });
    expect(ancestryOf(directory, [ended()], 4)).toBe("diverged");
  });

  it("is judged by the end of the term that it wrote last, not by that of another one", () => {
    const directory = aDatabase({ newestTerm: 3, endLsn: "0/7001" });
    const later = ended({ term: 4, primary: "west", successor: "east", successorLsn: "0/9000" });
    expect(ancestryOf(directory, [later, ended()], 5)).toBe("diverged");
  });

  it("of a term without an end is another primary's of the same term: diverged", () => {
    for (const newestTerm of [4, 5])
      expect(ancestryOf(aDatabase({ newestTerm }), [], 4)).toBe("diverged");
  });

  it("is not known when nobody recorded how its term ended, or where", () => {
    expect(ancestryOf(aDatabase({ newestTerm: 2 }), [ended()], 4)).toBe("unknown");
    expect(ancestryOf(aDatabase(), [ended({ successorLsn: null })], 4)).toBe("unknown");
  });

  it("is not known when its own end or term is not known", () => {
    expect(ancestryOf(aDatabase({ endLsn: null }), [ended()], 4)).toBe("unknown");
    expect(ancestryOf(aDatabase({ newestTerm: null }), [ended()], 4)).toBe("unknown");
  });
});

describe("a directory that is no primary's", () => {
  it("follows as a standby, is cloned when empty, and is quarantined first when damaged", () => {
    const known = { newestTerm: 3, endLsn: "0/7000" };
    const judged = (directory: "standby" | "empty" | "damaged") =>
      ancestryOf(aDatabase({ ...known, directory }), [ended()], 4);
    expect([judged("standby"), judged("empty"), judged("damaged")]).toEqual([
      "ancestor",
      "unusable",
      "unknown",
    ]);
  });
});
