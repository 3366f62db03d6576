import type { Scenario } from "./scenario.ts";
import { situations } from "./situations.ts";

const may = {
  moves: "moves to the other region",
  stays: "stays where it is",
  either: "either way",
} as const;

/** The page of all drills, docs/reference/drills.md; a test holds it to the scenarios. */
export function scenarioTable(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(
    ({ name, what, expected, primary }) =>
      `| \`${name}\` | ${what} | ${expected} | ${may[primary]} |`,
  );
  const tried = situations.map(
    ({ situation, drills }) =>
      `| ${situation} | ${drills.map((each) => `\`${each}\``).join(", ")} |`,
  );
  return `# Drills

Each drill is a short file in \`packages/lab/src/drill/scenarios/\`. \`./careline drill <name>\` runs one, \`./careline drill --all\` all of
them; an interrupted suite goes on where it stopped. Options: \`--repeat N\`, \`--agents N\`, \`--json\`.

A drill waits until both regions are healthy and protected and every simulated agent is at work, causes its fault, waits until every
client is served again, heals, waits until the system is protected again, and then compares each acknowledgement in
the ledger with what the primary's database holds. It ends with a code other than 0 when anything acknowledged is missing or a
rule is broken. Reports go to \`.careline/reports/<time>-<name>/\`: \`report.html\` for people, \`report.json\` for scripts
(\`drill.schema.json\`, \`drill-suite.schema.json\`), \`details.json\`, and the ledger as JSON lines.

After every drill these must be true: no acknowledged write is missing after the outboxes replayed; two regions never acknowledged at the same time
through the front door; terms only grew, each with one primary; no agent was signed out; the primary is where the table says; one region is
writable and the other its standby again, by what controllers, portals and databases each say. Some drills expect more, e.g. that nobody serves while
neither quorum nor standby is there; the report lists what was expected and whether it was seen.

| Drill | What happens | What Careline should do | Primary |
| --- | --- | --- | --- |
${rows.join("\n")}

A drill whose fault this machine or lab cannot produce says SKIPPED and why: \`disk-full\` needs \`./careline up --region-disk <MiB>\` as
root, \`clock-set\` needs \`--skewable-clocks\`. The drills at steps of a run ask the journal each 15 ms, strike when the step has begun, and note
where the journal stood when the fault had taken effect. \`busy-hour\` takes an hour and runs by its name alone, not in \`--all\`.

## Situations

| Situation | Drills |
| --- | --- |
${tried.join("\n")}

[drill-results.md](drill-results.md) is the record of one run of all of them.
`;
}
