import { expect, it } from "vitest";
import { OrderedIds, systemOutboxRandom } from "./ids.ts";

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("makes UUIDv7 ids that grow strictly within one millisecond", () => {
  const ids = new OrderedIds(() => 1_700_000_000_000, systemOutboxRandom);
  const made = Array.from({ length: 10_000 }, () => ids.next());
  expect(made.every((id) => V7.test(id))).toBe(true);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

it("keeps growing when the wall clock goes back", () => {
  let wallMs = 1_700_000_000_000;
  const ids = new OrderedIds(() => wallMs, systemOutboxRandom);
  const before = ids.next();
  wallMs -= 3_600_000;
  expect(ids.next() > before).toBe(true);
});

it("starts after the ids that an earlier life stored", () => {
  const stored = new OrderedIds(() => 1_800_000_000_000, systemOutboxRandom).next();
  const ids = new OrderedIds(() => 1_700_000_000_000, systemOutboxRandom);
  ids.startAfter(stored);
  expect(ids.next() > stored).toBe(true);
});
