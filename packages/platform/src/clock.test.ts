import { expect, it } from "vitest";
import { DeadlineExceededError, systemClock } from "./clock.ts";

it("wakes a sleeper early when its signal aborts", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error("stop now"));
  await expect(sleeping).rejects.toThrow("stop now");
});

it("aborts a deadline with the number of milliseconds waited", async () => {
  const signal = systemClock.deadline(1);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  expect(signal.reason).toBeInstanceOf(DeadlineExceededError);
  expect((signal.reason as DeadlineExceededError).afterMs).toBe(1);
});
