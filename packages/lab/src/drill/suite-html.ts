import { ms, page, row, text } from "./page.ts";
import type { SuiteEntry, SuiteReport } from "./run-all-drills.ts";

const signs = {
  kept: "✔ kept",
  broken: "✘ broken",
  failed: "✘ not finished",
  skipped: "– skipped",
};

/** One page for all drills. */
export function suitePage(report: SuiteReport): string {
  const head = [
    "Drill",
    "Result",
    "Ended",
    "Outage",
    "Lost geo / local",
    "Replayed",
    "Errors seen",
    "Why",
  ];
  const rows = report.entries.map((entry) => row(cellsOf(entry)));
  return page(
    "All drills",
    `<h1>All drills</h1>
<p>${report.kept} kept, ${report.broken} broken, ${report.failed} not finished, ${report.skipped} skipped.</p>
<div class="wide"><table><thead>${row(head, "th")}</thead><tbody>${rows.join("")}</tbody></table></div>
<h2>Reports</h2><ul>${report.entries.map(linkTo).join("")}</ul>`,
  );
}

function cellsOf(entry: SuiteEntry): string[] {
  const runs = entry.report?.runs ?? [];
  const sum = (of: (run: (typeof runs)[number]) => number): string =>
    runs.length === 0 ? "–" : `${runs.reduce((total, run) => total + of(run), 0)}`;
  const lost = `${sum((run) => run.lost.geo)} / ${sum((run) => run.lost.local)}`;
  const broken = runs.flatMap((run) => run.invariantsViolated).join("; ");
  return [
    entry.scenario,
    signs[entry.outcome],
    entry.endedAt,
    ms(entry.report?.max.outageMs ?? null),
    lost,
    sum((run) => run.replayed),
    sum((run) => run.errorsSeen),
    entry.why ?? broken,
  ];
}

function linkTo(entry: SuiteEntry): string {
  if (entry.directory === null) return "";
  const address = `${encodeURIComponent(entry.directory)}/report.html`;
  return `<li><a href="${text(address)}">${text(entry.scenario)}</a></li>`;
}
