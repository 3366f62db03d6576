import { expect, it } from "vitest";
import { regionArgument } from "./connect.ts";

it.each(["east", "west"])("takes the region %s", (region) => {
  expect(regionArgument(region)).toBe(region);
});

it.each(["mars", "witness", "East", ""])(
  "refuses the region %j as a wrong command line",
  (text) => {
    expect(() => regionArgument(text)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  },
);
