import { expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";

it("executes by time, and at equal times in the order of scheduling", () => {
  const queue = new EventQueue();
  const seen: string[] = [];
  const plan = [5, 1, 3, 1, 4, 2, 5, 0].map((at, index) => [at, `${at}/${index}`] as const);
  for (const [at, name] of plan) queue.at(at, () => seen.push(name));
  while (queue.step(10));
  expect(seen).toEqual(["0/7", "1/1", "1/3", "2/5", "3/2", "4/4", "5/0", "5/6"]);
});

it("leaves out what was cancelled and stops at the limit", () => {
  const queue = new EventQueue();
  const seen: number[] = [];
  queue.at(1, () => seen.push(1)).action = undefined;
  queue.at(2, () => seen.push(2));
  queue.at(9, () => seen.push(9));
  while (queue.step(5));
  expect(seen).toEqual([2]);
  expect(queue.now).toBe(2);
});

it("never schedules into the past", () => {
  const queue = new EventQueue();
  const seen: number[] = [];
  queue.at(5, () => queue.at(1, () => seen.push(queue.now)));
  while (queue.step(10));
  expect(seen).toEqual([5]);
});
