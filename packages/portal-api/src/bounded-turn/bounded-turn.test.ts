import { systemClock } from "@careline/platform";
import { expect, it } from "vitest";
import { boundedTurn } from "./bounded-turn.ts";

const never = new AbortController().signal;

it("ends with the turn", async () => {
  await expect(
    boundedTurn(systemClock, 60_000, never, () => Promise.resolve()),
  ).resolves.toBeUndefined();
  const failure = new Error("the turn's own");
  await expect(boundedTurn(systemClock, 60_000, never, () => Promise.reject(failure))).rejects.toBe(
    failure,
  );
});
it("gives up a turn that never settles, and tells it so", async () => {
  let seen: AbortSignal | undefined;
  const hanging = boundedTurn(systemClock, 5, never, (signal) => {
    seen = signal;
    return new Promise(() => undefined);
  });
  await expect(hanging).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  expect(seen?.aborted).toBe(true);
});
it("ends at once when the process stops", async () => {
  const stopping = new AbortController();
  const hanging = boundedTurn(
    systemClock,
    60_000,
    stopping.signal,
    () => new Promise(() => undefined),
  );
  stopping.abort(new Error("the process stops"));
  await expect(hanging).rejects.toThrow("the process stops");
});
