import { expect, it } from "vitest";
import { OutboxError } from "./errors.ts";
import {
  formatPosition,
  isConfirmed,
  judgeByTerms,
  parseLsn,
  parsePosition,
  parseTerms,
  readPosition,
  type TermStart,
} from "./position.ts";

const start = (term: number, lsn: string): TermStart => ({ term, lsn: parseLsn(lsn) });

it("orders log positions as numbers, not as text", () => {
  expect(parseLsn("0/9") < parseLsn("0/10")).toBe(true);
  expect(parseLsn("0/FFFFFFFF") < parseLsn("1/0")).toBe(true);
  expect(parseLsn("A/0") < parseLsn("10/0")).toBe(true);
});

it("reads and writes positions without loss", () => {
  for (const text of ["1/0/16B3748", "42/FFFFFFFF/FFFFFFFF", "7/0/0"]) {
    expect(formatPosition(parsePosition(text))).toBe(text);
  }
});

it("refuses what is not a position instead of reading it as zero", () => {
  for (const text of ["", "3", "3/0", "3/x/1", "-1/0/0", "3/0/0/0", "3/123456789/0", "3/0/1 "]) {
    expect(() => parsePosition(text)).toThrow(OutboxError);
    expect(readPosition(text)).toBeNull();
  }
  expect(readPosition(null)).toBeNull();
});

it("calls a write confirmed only by a position of its own term", () => {
  const write = parsePosition("3/0/500");
  expect(isConfirmed(write, parsePosition("3/0/500"))).toBe(true);
  expect(isConfirmed(write, parsePosition("3/0/4FF"))).toBe(false);
  expect(isConfirmed(write, parsePosition("4/0/900"))).toBe(false);
  expect(isConfirmed(write, parsePosition("2/0/900"))).toBe(false);
});

it("judges a write of an ended term by where the next term began", () => {
  const terms = [start(1, "0/0"), start(2, "0/500")];
  expect(judgeByTerms(parsePosition("1/0/500"), terms)).toBe("survived");
  expect(judgeByTerms(parsePosition("1/0/501"), terms)).toBe("lost");
  expect(judgeByTerms(parsePosition("2/0/600"), terms)).toBe("undecided");
});

it("calls a write lost when any later promotion left it behind", () => {
  const terms = [start(1, "0/0"), start(2, "0/500"), start(3, "0/400")];
  expect(judgeByTerms(parsePosition("1/0/450"), terms)).toBe("lost");
  expect(judgeByTerms(parsePosition("1/0/400"), terms)).toBe("survived");
});

it("calls a write lost when its whole term left no trace", () => {
  expect(judgeByTerms(parsePosition("2/0/100"), [start(1, "0/0"), start(3, "0/900")])).toBe("lost");
});

it("decides nothing by a list that is older than the write", () => {
  expect(judgeByTerms(parsePosition("4/0/1"), [start(1, "0/0"), start(2, "0/500")])).toBe(
    "undecided",
  );
});

it("reads a list of terms, and nothing else as one", () => {
  expect(parseTerms({ terms: [{ term: 3, startLsn: "1/10" }] })).toEqual([
    { term: 3, lsn: 0x1_0000_0010n },
  ]);
  for (const body of [
    null,
    undefined,
    {},
    { terms: {} },
    { terms: [{ term: "3", startLsn: "0/1" }] },
    { terms: [{ term: 3, startLsn: 1 }] },
    { terms: [{ term: 3, startLsn: "soon" }] },
  ])
    expect(() => parseTerms(body)).toThrow();
});

it("reads no position from a header that is absent", () => {
  expect([readPosition(null), readPosition(undefined)]).toEqual([null, null]);
});
