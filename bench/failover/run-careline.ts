import { mkdirSync, writeFileSync } from "node:fs";
import { runDrill } from "@careline/lab/drill/index.ts";
import { openLayout } from "@careline/lab/layout/index.ts";

/**
 * `node bench/failover/run-careline.ts [runs] [agents]` on a running lab: region loss, region hang and switchover, `runs` times each, seen by
 * agents through the front door. Writes results/careline.json.
 */
const runs = Number(process.argv[2] ?? 10);
const agents = Number(process.argv[3] ?? 50);
const rootDir = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const layout = openLayout(rootDir, process.env.CARELINE_STATE);
if (layout === null) throw new Error("there is no lab: ./careline up --detach");

const stopping = new AbortController();
process.on("SIGINT", () => stopping.abort(new Error("interrupted")));
const results: Record<string, unknown> = {};
let isGood = true;
for (const scenario of ["region-loss", "region-hang", "switchover"]) {
  const outcome = await runDrill(
    { layout, scenario, repeat: runs, agents },
    stopping.signal,
    ({ elapsedMs, run, text }) =>
      process.stdout.write(
        `${(elapsedMs / 1_000).toFixed(1)} s ${scenario} ${run}/${runs}: ${text}\n`,
      ),
  );
  const outages = outcome.report.runs.map((run) => run.outageMs).toSorted((a, b) => a - b);
  process.stdout.write(`${scenario}: ${JSON.stringify(outages)} ${outcome.directory}\n`);
  results[scenario] = { ...outcome.report, min: { outageMs: outages[0] ?? null } };
  isGood &&= outcome.isGood;
}
const directory = new URL("results/", import.meta.url);
mkdirSync(directory, { recursive: true });
writeFileSync(
  new URL("careline.json", directory),
  `${JSON.stringify({ agents, oneWayMs: 30, ...results }, null, 2)}\n`,
);
process.exit(isGood ? 0 : 1);
