import { expect, it } from "vitest";
import { LsnTrail } from "./lsn-trail.ts";

it("says for how long the standby has lacked something", () => {
  const trail = new LsnTrail();
  trail.mark("0/100", 0);
  trail.mark("0/200", 500);
  trail.mark("0/200", 900);
  expect(trail.unconfirmedForMs("0/200", 1_000)).toBe(0);
  expect(trail.unconfirmedForMs("0/150", 1_000)).toBe(500);
  expect(trail.unconfirmedForMs(null, 1_000)).toBe(1_000);
});

it("bounds the loss by the newest report that the standby had reached", () => {
  const trail = new LsnTrail();
  expect(trail.caughtUpAgeMs("0/300", 0)).toBeNull();
  trail.mark("0/100", 100);
  trail.mark("0/200", 600);
  expect(trail.caughtUpAgeMs("0/150", 1_000)).toBe(900);
  expect(trail.caughtUpAgeMs("0/200", 1_000)).toBe(400);
  trail.confirmNewest(900);
  expect(trail.caughtUpAgeMs("0/200", 1_000)).toBe(100);
  expect(trail.caughtUpAgeMs("0/150", 1_000)).toBe(900);
});

it("forgets middle marks first, so that ages grow and never shrink", () => {
  const trail = new LsnTrail();
  for (let at = 1; at <= 400; at += 1) trail.mark(`0/${(at * 16).toString(16).toUpperCase()}`, at);
  expect(trail.unconfirmedForMs(null, 400)).toBe(399);
  expect(trail.caughtUpAgeMs("0/20", 400)).toBe(399);
});

it("counts no idle time before the first missing write, however long the log stood still", () => {
  const trail = new LsnTrail();
  // The first sight of a report says nothing about its age.
  trail.mark("0/100", Number.NEGATIVE_INFINITY);
  trail.confirmNewest(3_600_000);
  trail.mark("0/200", 3_600_500);
  expect(trail.caughtUpAgeMs("0/100", 3_601_000)).toBe(1_000);
});
