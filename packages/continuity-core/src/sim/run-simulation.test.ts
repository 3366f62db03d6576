import { expect, it, vi } from "vitest";
import { describeFault } from "./fault.ts";
import { runSimulation } from "./run-simulation.ts";

// Half a second of processor time, which a busy machine may spread over many.
vi.setConfig({ testTimeout: 60_000 });

function trace(seed: number): readonly string[] {
  const lines: string[] = [];
  runSimulation({
    seed,
    minutes: 2,
    onNote: (at, who, text) => lines.push(`${at} ${who} ${text}`),
  });
  return lines;
}

it("replays a seed exactly, to the last digit of every time", () => {
  const first = trace(11);
  expect(first.length).toBeGreaterThan(50);
  expect(trace(11)).toEqual(first);
});

it("lives another life with another seed", () => {
  expect(trace(12)).not.toEqual(trace(11));
});

it("does not change because somebody listens", () => {
  const silent = runSimulation({ seed: 5, minutes: 1 });
  const told = runSimulation({ seed: 5, minutes: 1, onNote: () => undefined });
  expect(told).toEqual(silent);
});

it("serves, protected, from the first seconds of an undisturbed world", () => {
  const result = runSimulation({ seed: 1, minutes: 1, faults: [] });
  expect(result.violation).toBeUndefined();
  expect(result.counts.terms).toBe(1);
  expect(result.counts.acknowledged).toBeGreaterThan(100);
  expect(result.coverage.decisions["hold: serving-protected"]).toBeGreaterThan(100);
});

it("replaces a primary region that is lost and takes it back as standby", () => {
  const fault = { kind: "kill-region", region: "east", forMs: 15_000 } as const;
  expect(describeFault(fault)).toBe("kill region east for 15.0 s");
  const result = runSimulation({ seed: 3, minutes: 1, faults: [{ atMs: 20_000, fault }] });
  expect(result.violation).toBeUndefined();
  expect(result.counts.terms).toBe(2);
});
