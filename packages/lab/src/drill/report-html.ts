import { ms, page, row, text } from "./page.ts";
import type { Phases } from "./phases.ts";
import type { DrillReport, RunDetails, RunReport, RunResult } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { timelineStepMs } from "./timeline.ts";

/** One page that needs nothing but itself: no script, no font, no address. */
export function reportPage(
  scenario: Scenario,
  report: DrillReport,
  results: readonly RunResult[],
): string {
  const good = results.every(({ report: run }) => isGoodRun(run));
  return page(
    `Drill ${scenario.name}`,
    `<h1>Drill: ${text(scenario.name)}</h1>
<p>${text(scenario.what)}<br>${text(scenario.expected)}</p>
<p class="${good ? "good" : "bad"}"><strong>${good ? "✔ Everything that was promised was kept." : "✘ Something that was promised was not kept."}</strong></p>
${summaryTable(report)}
${results.map(({ report: run, details }, at) => runSection(run, details, at + 1)).join("\n")}`,
  );
}

function isGoodRun(run: RunReport): boolean {
  return run.lost.geo + run.lost.local === 0 && run.invariantsViolated.length === 0;
}

function summaryTable(report: DrillReport): string {
  const rows = report.runs.map((run, at) =>
    row([
      `${at + 1}`,
      ms(run.outageMs),
      ...Object.values<number | null>({ ...run.phases }).map(ms),
      `${run.acknowledged.geo} / ${run.acknowledged.local}`,
      `${run.lost.geo} / ${run.lost.local}`,
      `${run.replayed}`,
      `${run.errorsSeen}`,
      isGoodRun(run) ? "✔" : "✘",
    ]),
  );
  const head = [
    "Run",
    "Outage",
    "detect",
    "decide",
    "fence",
    "promote",
    "route",
    "verify",
    "Acknowledged geo / local",
    "Lost geo / local",
    "Replayed",
    "Errors seen",
    "Kept",
  ];
  return `<h2>Runs</h2>
<p>Median outage <strong>${ms(report.median.outageMs)}</strong>, worst <strong>${ms(report.max.outageMs)}</strong>. The outage is the worst client's: from its last success before the fault to its first after.</p>
<div class="wide"><table><thead>${row(head, "th")}</thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function runSection(run: RunReport, details: RunDetails, number: number): string {
  return `<section><h2>Run ${number}</h2>
<p>${text(details.startedAt)}: ${text(details.primaryBefore)} (term ${details.termBefore}) → ${text(details.primaryAfter ?? "none")} (term ${details.termAfter ?? "?"})${details.cause === null ? "" : `, ${text(details.cause)}`}.
Protected again ${details.protectedAgainMs === null ? "never" : `after ${ms(details.protectedAgainMs)}`}; longest later pause of a client ${ms(details.laterPauseMs)}.${reportedRows(details)}</p>
${timelinePicture(details, run.phases)}
${violations(run)}
<h3>What happened</h3><ol class="notes">${details.notes.map((note) => `<li><span>${ms(note.atMs)}</span> ${text(note.text)}</li>`).join("")}</ol>
<h3>What users saw</h3>${troubleList(details)}${clientTable(details)}</section>`;
}

function reportedRows({ promises: { reported } }: RunDetails): string {
  if (reported === 0) return "";
  return `<br>${reported} writes of clients that were pinned to the old region are in no database now; its report lists each by key.`;
}

function violations(run: RunReport): string {
  if (run.invariantsViolated.length === 0) return `<p class="good">✔ No rule was broken.</p>`;
  const items = run.invariantsViolated.map((line) => `<li>${text(line)}</li>`).join("");
  return `<p class="bad">✘ Broken rules:</p><ul>${items}</ul>`;
}

function troubleList(details: RunDetails): string {
  const codes = Object.entries(details.troubleCodes).toSorted(([, a], [, b]) => b - a);
  if (codes.length === 0) return "<p>No request had to be repeated.</p>";
  return `<p>Requests that clients repeated by themselves: ${codes.map(([code, count]) => `${text(code)} × ${count}`).join(", ")}.</p>`;
}

function clientTable(details: RunDetails): string {
  const outages = new Map(details.outages.map((outage) => [outage.client, outage]));
  const rows = details.experiences
    .map((seen) => ({ seen, outage: outages.get(seen.client) }))
    .toSorted((a, b) => (b.outage?.outageMs ?? 0) - (a.outage?.outageMs ?? 0))
    .map(({ seen, outage }) =>
      row([
        seen.client,
        ms(outage?.outageMs ?? null),
        `${seen.callsAnswered} / ${seen.callsClosed}`,
        `${seen.signOuts}`,
        Object.entries(seen.refusals)
          .map(([code, count]) => `${code} × ${count}`)
          .join(", ") || "none",
        `${seen.waiting} / ${seen.unconfirmed}`,
      ]),
    );
  const head = [
    "Client",
    "Outage",
    "Calls answered / closed",
    "Signed out",
    "Refused writes",
    "Waiting / unconfirmed at the end",
  ];
  return `<details><summary>All ${rows.length} clients, the worst first</summary><div class="wide"><table><thead>${row(head, "th")}</thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}

const picture = { width: 960, height: 220, left: 40, bottom: 40, top: 28 };

/** Acknowledgements per 100 ms as bars, one colour per region; phases as bands; the fault at 0. */
function timelinePicture(details: RunDetails, phases: Phases): string {
  const steps = Math.max(1, ...details.timeline.map(({ counts }) => counts.length));
  const most = Math.max(1, ...details.timeline.flatMap(({ counts }) => counts));
  const wide = (picture.width - picture.left) / steps;
  const high = picture.height - picture.bottom - picture.top;
  const x = (atMs: number): number =>
    picture.left + ((atMs - details.timelineFromMs) / timelineStepMs) * wide;
  const bars = details.timeline.map(({ site, counts }) =>
    counts
      .map((count, step) => {
        if (count === 0) return "";
        const tall = (count / most) * high;
        return `<rect class="${text(site)}" x="${(picture.left + step * wide).toFixed(1)}" y="${(picture.height - picture.bottom - tall).toFixed(1)}" width="${Math.max(0.5, wide - 0.5).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
      })
      .join(""),
  );
  const seconds = axis(details.timelineFromMs, steps, x);
  const legend = details.timeline
    .map(({ site }, at) => {
      const from = picture.left + at * 90;
      return `<rect class="${text(site)}" x="${from}" y="6" width="10" height="10"/><text x="${from + 14}" y="15">${text(site)}</text>`;
    })
    .join("");
  return `<svg viewBox="0 0 ${picture.width} ${picture.height}" role="img" aria-label="Acknowledged writes per 100 milliseconds and region; at most ${most}">
${bands(phases, x)}${bars.join("")}
<line class="fault" x1="${x(0).toFixed(1)}" x2="${x(0).toFixed(1)}" y1="${picture.top - 6}" y2="${picture.height - picture.bottom}"/>
<text x="${(x(0) + 3).toFixed(1)}" y="${picture.top - 8}">fault</text>${seconds}${legend}
<text x="2" y="${picture.top + 8}">${most}</text></svg>`;
}

function bands(phases: Phases, x: (atMs: number) => number): string {
  let atMs = 0;
  return Object.entries<number | null>({ ...phases })
    .map(([name, length], index) => {
      const from = x(atMs);
      atMs += length ?? 0;
      const width = x(atMs) - from;
      if (width < 0.5) return "";
      const label =
        width > 34
          ? `<text class="band" x="${(from + 2).toFixed(1)}" y="${picture.height - 24}">${text(name.replace("Ms", ""))}</text>`
          : "";
      return `<rect class="phase p${index % 2}" x="${from.toFixed(1)}" y="${picture.top}" width="${width.toFixed(1)}" height="${picture.height - picture.bottom - picture.top}"/>${label}`;
    })
    .join("");
}

function axis(fromMs: number, steps: number, x: (atMs: number) => number): string {
  const untilMs = fromMs + steps * timelineStepMs;
  const every = untilMs - fromMs > 40_000 ? 10_000 : untilMs - fromMs > 15_000 ? 5_000 : 1_000;
  const marks: string[] = [];
  for (let at = Math.ceil(fromMs / every) * every; at <= untilMs; at += every) {
    marks.push(`<text x="${x(at).toFixed(1)}" y="${picture.height - 8}">${at / 1_000} s</text>`);
  }
  return marks.join("");
}
