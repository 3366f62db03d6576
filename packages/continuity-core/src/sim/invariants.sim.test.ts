import { beforeAll, expect, it } from "vitest";
import { type SeedsSummary, simulateSeeds } from "./simulate-seeds.ts";

/** Each seed: 5 simulated minutes, 4 faults a minute, then calm. */
const seeds = 400;

let summary: SeedsSummary;

beforeAll(async () => {
  summary = await simulateSeeds({ from: 1, seeds });
}, 230_000);

/** Seeds that broke this invariant, each with the command that replays it. */
function broken(invariant: number): readonly string[] {
  return summary.failures
    .filter(({ violation }) => violation.invariant === invariant)
    .map(({ seed, violation }) => {
      const replay = `./careline sim --replay ${seed} --explain`;
      return `${violation.what} — replay: ${replay}`;
    });
}

it("lets at most one region decide to acknowledge at any instant", () => {
  expect(broken(1)).toEqual([]);
});

it("lets terms only grow, each with exactly one primary", () => {
  expect(broken(2)).toEqual([]);
});

it("keeps every write acknowledged as geo through any failover, switchover or rejoin", () => {
  expect(broken(3)).toEqual([]);
});

it("keeps, reports or replays every write acknowledged as local", () => {
  expect(broken(4)).toEqual([]);
});

it("promotes by itself only a standby recorded as safe or within the RPO bound", () => {
  expect(broken(5)).toEqual([]);
});

it("destroys nothing by rejoin before it was quarantined and reported", () => {
  expect(broken(6)).toEqual([]);
});

it("completes or stops every run, whichever step its controller died in", () => {
  expect(broken(7)).toEqual([]);
});

it("does nothing destructive by itself while automation is switched off", () => {
  expect(broken(8)).toEqual([]);
});

it("recovers within a bounded time once faults stop", () => {
  expect(broken(9)).toEqual([]);
});

it("has gone through what it claims to prove", () => {
  expect(summary.seeds).toBe(seeds);
  expect(summary.simulatedMs).toBeGreaterThanOrEqual(seeds * 5 * 60_000);
  expect(summary.faults).toBeGreaterThanOrEqual(seeds * 5 * 3);
  expect(summary.acknowledged).toBeGreaterThan(seeds * 100);
  expect(summary.coverage.decisions["take-over"] ?? 0).toBeGreaterThan(seeds / 10);
});
