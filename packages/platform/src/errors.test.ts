import { expect, it } from "vitest";
import { CodedError, describeError, InvariantError, invariant } from "./errors.ts";

it("describes an error with its code and its causes", () => {
  const inner = new Error("connection reset");
  expect(describeError(new CodedError("STORE_LOST", "no answer", { cause: inner }))).toBe(
    "STORE_LOST: no answer ← connection reset",
  );
});

it("names the claim that broke", () => {
  expect(() => invariant(false, "terms only grow")).toThrow(InvariantError);
});
