import { parseArgs } from "node:util";
import { mergeCoverage } from "./coverage.ts";
import { readState, writeState } from "./long-run-state.ts";
import { simulateSeeds } from "./simulate-seeds.ts";

/**
 * A long run that can be stopped and started again: `node packages/continuity-core/src/sim/long-run.ts --seeds 20000
 * --state <file>`. `long-run-page.ts` writes its page from the state file.
 */

/** Seeds between two writes of the state file: what a kill may cost. */
const batch = 100;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20000" },
    state: { type: "string" },
    workers: { type: "string", default: "1" },
    minutes: { type: "string", default: "5" },
    faults: { type: "string", default: "6" },
  },
});

const file = values.state;
if (file === undefined) throw new Error("name the state file: --state <file>");
let state = readState(file);
const target = Number(values.seeds);
while (state.seeds < target) {
  const seeds = Math.min(batch, target - state.seeds);
  const summary = await simulateSeeds({
    from: state.nextSeed,
    seeds,
    workers: Number(values.workers),
    minutes: Number(values.minutes),
    faultsPerMinute: Number(values.faults),
  });
  const { coverage } = state;
  mergeCoverage(coverage, summary.coverage);
  state = {
    nextSeed: state.nextSeed + seeds,
    seeds: state.seeds + summary.seeds,
    events: state.events + summary.events,
    simulatedMs: state.simulatedMs + summary.simulatedMs,
    acknowledged: state.acknowledged + summary.acknowledged,
    faults: state.faults + summary.faults,
    failures: [...state.failures, ...summary.failures],
    coverage,
  };
  writeState(file, state);
  process.stdout.write(`${state.seeds}/${target} seeds, ${state.failures.length} failures\n`);
  for (const { seed, violation } of summary.failures) {
    const replay = `./careline sim --replay ${seed} --minutes ${values.minutes} --faults ${values.faults} --explain`;
    process.stdout.write(`invariant ${violation.invariant}: ${violation.what}\n  ${replay}\n`);
  }
}
