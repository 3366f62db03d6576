import { describe, expect, it } from "vitest";
import { aSwitchover } from "../explain/run-scene.ts";
import { someTime as at } from "../explain/scene.ts";
import { rejoinTrouble } from "./rejoin-trouble.ts";
import type { RunRecord, RunState } from "./run-record.ts";

const aRejoin = (state: RunState): RunRecord => ({ ...aSwitchover(), kind: "rejoin", state });
const running = aRejoin({ kind: "running" });
const completed = aRejoin({ kind: "completed", at });
const failed = aRejoin({ kind: "failed", why: "tail-quarantined: SPACE_INSUFFICIENT", at });

function failingAtItsFirstStep(): RunRecord {
  const [first, ...others] = running.steps;
  if (first === undefined) throw new Error("a run has steps");
  return {
    ...running,
    steps: [{ ...first, state: { kind: "failed", why: "no room" } }, ...others],
  };
}

describe("what keeps a region from coming back", () => {
  it("is said while its rejoin fails, and while the next one has only begun", () => {
    const said = `The rejoin of ${failed.from} does not get on: tail-quarantined: SPACE_INSUFFICIENT.`;
    expect(rejoinTrouble([failed])).toBe(said);
    expect(rejoinTrouble([running, failed])).toBe(said);
  });

  it("is said of a step that failed and will be tried again", () => {
    const [first] = running.steps;
    expect(rejoinTrouble([failingAtItsFirstStep()])).toContain(
      `${first?.definition.name}: no room`,
    );
  });

  it("is nothing once a rejoin is completed, while one runs well, and of other runs", () => {
    expect(rejoinTrouble([completed, failed])).toBeNull();
    expect(rejoinTrouble([running, completed, failed])).toBeNull();
    expect(rejoinTrouble([running])).toBeNull();
    expect(rejoinTrouble([{ ...failed, kind: "switchover" }])).toBeNull();
  });
});
