import { expect, it } from "vitest";
import { seededRandom, systemRandom, uuidV7 } from "./random.ts";

it("repeats the same sequence for the same seed", () => {
  const first = seededRandom(7);
  const second = seededRandom(7);
  expect([first.next(), first.uuid()]).toEqual([second.next(), second.uuid()]);
});

it("makes UUIDv7 ids that sort by their millisecond", () => {
  const early = uuidV7(1_700_000_000_000, systemRandom);
  const late = uuidV7(1_700_000_000_001, systemRandom);
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(early < late).toBe(true);
});
