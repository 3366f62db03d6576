import { seconds } from "./page.ts";
import type { SuiteEntry, SuiteReport } from "./run-all-drills.ts";

/** What a record of a run says about the machine that it ran on. */
export interface SuiteFacts {
  readonly command: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly agents: number;
}

/** The record of one run of all drills, as `docs/reference/drill-results.md` keeps it. */
export function suiteMarkdown(report: SuiteReport, facts: SuiteFacts): string {
  const ends = report.entries.map(({ endedAt }) => endedAt).toSorted();
  const sum = (of: (entry: SuiteEntry) => number): number =>
    report.entries.reduce((total, entry) => total + of(entry), 0);
  const written = sum((each) =>
    total(each, (run) => run.acknowledged.geo + run.acknowledged.local),
  );
  const lost = sum((each) => total(each, (run) => run.lost.geo + run.lost.local));
  return `# Drill results

A record of one run, not a promise: \`${facts.command}\`, from ${ends[0] ?? "–"} to ${ends.at(-1) ?? "–"} (ends of the first and the last drill), on
${facts.cores} cores and ${facts.memoryGiB} GiB of memory, ${facts.agents} simulated agents unless a drill asks for more, 60 ms round trip between the sites. What the drills do: [drills.md](drills.md).

${report.kept} kept, ${report.broken} broken, ${report.failed} not finished, ${report.skipped} skipped. ${written} different writes were acknowledged, ${lost} of them lost.

The outage is the longest pause of the worst client, from its last acknowledged write before the fault to its first after; where a drill
takes everything away for a while, it holds that while as well.

| Drill | Result | Outage | Acknowledged geo / local | Lost geo / local | Replayed | Errors seen | Rules broken |
| --- | --- | --- | --- | --- | --- | --- | --- |
${report.entries.map(rowOf).join("\n")}
`;
}

type Run = NonNullable<SuiteEntry["report"]>["runs"][number];

function total(entry: SuiteEntry, of: (run: Run) => number): number {
  return (entry.report?.runs ?? []).reduce((sum, run) => sum + of(run), 0);
}

function rowOf(entry: SuiteEntry): string {
  const { report } = entry;
  if (report === null) {
    return `| \`${entry.scenario}\` | ${entry.outcome} | – | – | – | – | – | ${entry.why ?? ""} |`;
  }
  const broken = report.runs.flatMap((run) => run.invariantsViolated);
  const pair = (of: (run: Run) => Run["lost"]): string =>
    `${total(entry, (run) => of(run).geo)} / ${total(entry, (run) => of(run).local)}`;
  const cells = [
    `\`${entry.scenario}\``,
    entry.outcome,
    seconds(report.max.outageMs),
    pair((run) => run.acknowledged),
    pair((run) => run.lost),
    `${total(entry, (run) => run.replayed)}`,
    `${total(entry, (run) => run.errorsSeen)}`,
    broken.length === 0 ? "none" : broken.join("; "),
  ];
  return `| ${cells.join(" | ")} |`;
}
