/** One page that needs nothing but itself: no script, no font, no address. `body` is markup. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title><style>${style}</style></head>
<body><main>
${body}
</main></body></html>
`;
}

/** Cells are text, never markup. */
export function row(cells: readonly string[], tag: "td" | "th" = "td"): string {
  return `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join("")}</tr>`;
}

/** A length of time for people. */
export function ms(value: number | null): string {
  if (value === null) return "–";
  return Math.abs(value) < 1_000 ? `${value} ms` : `${(value / 1_000).toFixed(2)} s`;
}

/** Seconds with one digit, for tables of figures that nobody should read to the millisecond. */
export function seconds(valueMs: number | null): string {
  return valueMs === null ? "–" : `${(valueMs / 1_000).toFixed(1)} s`;
}

/** Text that can hold no markup. */
export function text(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
:root{color-scheme:light dark;--ink:#1b2430;--paper:#fff;--line:#c9d1da;--east:#1f6feb;--west:#b3541e;--band:#8884}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#10161d;--line:#33404d;--east:#6cb0ff;--west:#f0a36b}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0}
main{max-width:1060px;margin:0 auto;padding:1.5rem}
table{border-collapse:collapse;font-size:.9rem}th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:right;white-space:nowrap}
th{background:#8882}td:first-child,th:first-child{text-align:left}.wide{overflow-x:auto}
svg{width:100%;height:auto;border:1px solid var(--line);margin:.5rem 0}svg text{font-size:11px;fill:var(--ink)}
.east{fill:var(--east)}.west{fill:var(--west)}.fault{stroke:#d1242f;stroke-width:2}.phase{fill:var(--band)}.phase.p1{fill:#8882}.band{font-size:10px}
.good strong,.good{color:#1a7f37}.bad strong,.bad{color:#d1242f}
@media (prefers-color-scheme:dark){.good strong,.good{color:#57c472}.bad strong,.bad{color:#ff8182}}
.notes span{display:inline-block;min-width:6rem;text-align:right;margin-right:.75rem;font-variant-numeric:tabular-nums}
`;
