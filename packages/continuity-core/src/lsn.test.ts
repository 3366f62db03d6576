import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lsnBytes, lsnFromBytes, reaches } from "./lsn.ts";

describe("a position in the write-ahead log", () => {
  it("is read and written as PostgreSQL writes it", () => {
    expect(lsnBytes("0/16B3748")).toBe(0x16b3748);
    expect(lsnFromBytes(lsnBytes("1A/F000028"))).toBe("1A/F000028");
  });

  it("orders like its bytes, not like its text", () => {
    expect(reaches("1/0", "0/FFFFFFFF")).toBe(true);
    expect(reaches("0/9", "0/10")).toBe(false);
  });

  it("survives the round trip for any position", () => {
    const bytes = fc.integer({ min: 0, max: 2 ** 52 });
    fc.assert(fc.property(bytes, (each) => lsnBytes(lsnFromBytes(each)) === each));
  });
});
