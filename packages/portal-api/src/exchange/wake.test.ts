import { systemClock } from "@careline/platform";
import { expect, it } from "vitest";
import { Wake } from "./wake.ts";

const never = new AbortController().signal;
const anHour = 3_600_000;

it("wakes the waiter at a call, long before its time", async () => {
  const wake = new Wake();
  const waiting = wake.wait(anHour, systemClock, never);
  wake.call();
  await expect(waiting).resolves.toBeUndefined();
});
it("keeps a call that came while nobody waited, once", async () => {
  const wake = new Wake();
  wake.call();
  await wake.wait(anHour, systemClock, never);
  let isAwake = false;
  const second = wake.wait(anHour, systemClock, never).then(() => {
    isAwake = true;
  });
  await Promise.resolve();
  expect(isAwake).toBe(false);
  wake.call();
  await second;
});
it("ends its wait when the process stops", async () => {
  const stopping = new AbortController();
  const waiting = new Wake().wait(anHour, systemClock, stopping.signal);
  stopping.abort();
  await expect(waiting).resolves.toBeUndefined();
});
it("wakes by itself when its time is up", async () => {
  await expect(new Wake().wait(1, systemClock, never)).resolves.toBeUndefined();
});
