import { expect, it } from "vitest";
import { formatPosition, lsnValue, parsePosition } from "./headers.ts";

it("reads a position as it was written", () => {
  expect(parsePosition("3/0/16B3748")).toEqual({ term: 3, lsn: "0/16B3748" });
  expect(formatPosition({ term: 3, lsn: "0/16B3748" })).toBe("3/0/16B3748");
});

it.each(["", "3", "3/16B3748", "x/0/1", "3/0/16B3748/1", "-1/0/1"])("refuses %j", (text) => {
  expect(parsePosition(text)).toBeNull();
});

it("orders log sequence numbers by value and not by text", () => {
  expect(lsnValue("0/FFFFFFFF") < lsnValue("1/0")).toBe(true);
  expect(lsnValue("A/0") > lsnValue("9/FFFFFFFF")).toBe(true);
});
