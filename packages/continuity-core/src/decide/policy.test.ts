import { expect, it } from "vitest";
import { defaultPolicy } from "./policy.ts";

it("has the figures of the design: RPO bound, delays against flapping, and how old a reading may be", () => {
  expect(defaultPolicy).toMatchObject({
    rpoMs: 5_000,
    weakenAfterMs: 5_000,
    strengthenAfterMs: 1_000,
    strengthenLagBytesMax: 16_777_216,
    vetoMs: 5_000,
    cooldownMs: 10_000,
    rejoinAfterMs: 10_000,
    takeBackAfterMs: 10_000,
    quorumAgeMaxMs: 3_000,
    acceptUnprotected: true,
  });
});
