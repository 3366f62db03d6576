import fc from "fast-check";
import { expect, it } from "vitest";
import { readArray, writeArray } from "./array-types.ts";

it("reads back whatever text it wrote", () => {
  const text = fc.string({
    maxLength: 6,
    unit: fc.constantFrom('"', "\\", ",", "{", "}", "N", "a", " ", "\n", "ü", "🩺"),
  });
  const texts = fc.array(fc.option(text, { nil: null }), { maxLength: 4 });
  fc.assert(
    fc.property(texts, (values) => {
      const back = readArray(String(writeArray(values)), String);
      return JSON.stringify(back) === JSON.stringify(values);
    }),
    { numRuns: 60 },
  );
});

it("reads what PostgreSQL writes", () => {
  expect(readArray("{}", String)).toEqual([]);
  expect(readArray('{a,NULL,"NULL","b, \\"c\\" \\\\",""}', String)).toEqual([
    "a",
    null,
    "NULL",
    'b, "c" \\',
    "",
  ]);
  expect(readArray("{1,2}", Number)).toEqual([1, 2]);
});
