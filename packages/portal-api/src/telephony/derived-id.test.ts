import { expect, it } from "vitest";
import { z } from "zod";
import { derivedId } from "./derived-id.ts";

it("is the same in both regions and differs with every part", () => {
  expect(derivedId("simulator", "a")).toBe(derivedId("simulator", "a"));
  expect(derivedId("simulator", "a")).not.toBe(derivedId("simulator", "b"));
  expect(derivedId("a", "bc")).not.toBe(derivedId("ab", "c"));
});
it("is a UUID whatever the hash", () => {
  for (let index = 0; index < 500; index += 1) {
    expect(z.uuid().safeParse(derivedId("simulator", String(index))).success).toBe(true);
  }
});
