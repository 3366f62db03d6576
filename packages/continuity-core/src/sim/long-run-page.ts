import { parseArgs } from "node:util";
import { holdReasons, sentences } from "../decide/index.ts";
import type { Counts } from "./coverage.ts";
import { type LongRunState, readState } from "./long-run-state.ts";

/**
 * The page of a long run, as Markdown on standard output: `node packages/continuity-core/src/sim/long-run-page.ts --state <file>
 * --commit <id> --date <date>`.
 */

const { values } = parseArgs({
  options: {
    state: { type: "string" },
    commit: { type: "string" },
    date: { type: "string" },
    minutes: { type: "string", default: "5" },
    faults: { type: "string", default: "6" },
  },
});

const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

function table(title: string, counts: Counts): readonly string[] {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return [
    `| ${title} | times |`,
    "| --- | --- |",
    ...rows.map(([name, times]) => `| ${name} | ${grouped(times)} |`),
    "",
  ];
}

/** Decisions that no seed came to. */
function neverDecided(decisions: Counts): readonly string[] {
  const holds = new Set<string>(holdReasons);
  const names = Object.keys(sentences).map((name) => (holds.has(name) ? `hold: ${name}` : name));
  return names.filter((name) => decisions[name] === undefined);
}

function failuresOf(state: LongRunState): readonly string[] {
  if (state.failures.length === 0) return ["**No invariant broke.**", ""];
  const lines = state.failures.map(
    ({ seed, violation }) =>
      `- invariant ${violation.invariant}: ${violation.what}; \`./careline sim --replay ${seed} --minutes ${values.minutes} --faults ${values.faults} --explain\``,
  );
  return [`**${state.failures.length} seeds broke an invariant:**`, "", ...lines, ""];
}

function page(state: LongRunState): string {
  const hours = state.simulatedMs / 3_600_000;
  const never = neverDecided(state.coverage.decisions);
  return [
    "# The long run of the simulator",
    "",
    `${values.date}, commit ${values.commit}: \`node packages/continuity-core/src/sim/long-run.ts --seeds 20000 --state <file>\` reached`,
    `**${grouped(state.seeds)} seeds** (${values.minutes} minutes with ${values.faults} faults a minute each, then calm; seeds from 1,000,001): ${grouped(hours)} simulated hours,`,
    `${grouped(state.events)} events, ${grouped(state.faults)} faults, ${grouped(state.acknowledged)} acknowledged writes.`,
    "",
    ...failuresOf(state),
    "What it is and what it judges: [simulation.md](simulation.md). This page is written by `long-run-page.ts` from the state file.",
    "",
    "## Decisions",
    "",
    ...table("decision", state.coverage.decisions),
    never.length === 0
      ? "Every decision of [decisions.md](decisions.md) was reached."
      : `Not reached by any seed: ${never.join(", ")}. Directed tests and scripted stories hold them.`,
    "",
    "## Keepers",
    "",
    ...table("phase → phase", state.coverage.keeper),
    "## Runs",
    "",
    ...table("event or end of a run", state.coverage.runs),
    "## Faults",
    "",
    ...table("fault", state.coverage.faults),
  ].join("\n");
}

const { state: file } = values;
if (file === undefined) throw new Error("name the state file: --state <file>");
process.stdout.write(page(readState(file)));
