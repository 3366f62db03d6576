import { expect, it } from "vitest";
import { paceOfCrew } from "./pace.ts";

it("lets more agents than fifty type as much together as fifty do, and fewer as fast as before", () => {
  const writesPerSecond = (size: number): number => (size * 1_000) / paceOfCrew(size).typingMs;
  expect([10, 50, 100, 110].map(writesPerSecond).map(Math.round)).toEqual([25, 125, 125, 125]);
  expect(paceOfCrew(100).talkMs).toBe(paceOfCrew(10).talkMs);
});
