import { systemClock } from "@careline/platform";
import { expect, it } from "vitest";
import { fallsSilent } from "./database-pulse.ts";

const pace = { eachMs: 0, withinMs: 1, silencesMax: 3 };
const never = new AbortController().signal;

async function silentAfter(
  answers: readonly boolean[],
): Promise<{ silent: boolean; asked: number }> {
  let asked = 0;
  const silent = await fallsSilent(
    async () => answers[asked++] ?? true,
    () => asked >= answers.length,
    pace,
    systemClock,
    never,
  );
  return { silent, asked };
}

it("calls a server silent after as many questions in a row without an answer, and not before", async () => {
  expect(await silentAfter([true, false, false, false, true])).toEqual({ silent: true, asked: 4 });
  expect(await silentAfter([false, false, true, false, false, true])).toEqual({
    silent: false,
    asked: 6,
  });
});

it("says nothing of a server that is no longer watched", async () => {
  expect(await silentAfter([false, false, false])).toEqual({ silent: false, asked: 3 });
});
