import { expect, it } from "vitest";
import { storable, wordsOf } from "./storable-text.ts";

it("takes out what a paste may bring and no database wants, and nothing that people write", () => {
  expect(
    storable({
      noteText: "rash\0 on\u0007 both arms\r\n\tsince Monday \ud83d",
      drugs: [{ name: "Exampla\u001b[31m" }],
      count: 3,
      none: null,
    }),
  ).toEqual({
    noteText: "rash on both arms\r\n\tsince Monday \ufffd",
    drugs: [{ name: "Exampla[31m" }],
    count: 3,
    none: null,
  });
  const text = "الطفح \u202Etxet 👩‍👩‍👧‍👦 é";
  expect(storable(text)).toBe(text);
});
it("counts what nobody sees as nothing", () => {
  expect(wordsOf(" \0\u0007\u001b \n")).toBe("");
  expect(wordsOf("\0 moved house ")).toBe("moved house");
});
