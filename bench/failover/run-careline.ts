import { mkdirSync, writeFileSync } from "node:fs";
import { runDrill } from "@careline/lab/drill/index.ts";
import { openLayout } from "@careline/lab/layout/index.ts";

/**
 * `node bench/failover/run-careline.ts [runs] [agents] [scenarios] [typing ms]` on a running lab: region loss, region hang and switchover, `runs` times
 * each, seen by agents through the front door. Writes results/careline-<scenario>.json. `[scenarios]`: names with commas. `[typing ms]`: a pause between two
 * writes of an agent other than a drill's, e.g. 100 as run-peers.ts has it; then results/careline-<scenario>-each-<typing ms>-ms.json.
 */
const runs = Number(process.argv[2] ?? 10);
const agents = Number(process.argv[3] ?? 50);
const rootDir = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const layout = openLayout(rootDir, process.env.CARELINE_STATE);
if (layout === null) throw new Error("there is no lab: ./careline up --detach");

const stopping = new AbortController();
process.on("SIGINT", () => stopping.abort(new Error("interrupted")));
let isGood = true;
const wanted = process.argv[4]?.split(",") ?? ["region-loss", "region-hang", "switchover"];
const typingMs = process.argv[5] === undefined ? undefined : Number(process.argv[5]);
const pace = typingMs === undefined ? "" : `-each-${typingMs}-ms`;
const directory = new URL("results/", import.meta.url);
mkdirSync(directory, { recursive: true });
for (const scenario of wanted) {
  const outcome = await runDrill(
    { layout, scenario, repeat: runs, agents, ...(typingMs === undefined ? {} : { typingMs }) },
    stopping.signal,
    ({ elapsedMs, run, text }) =>
      process.stdout.write(
        `${(elapsedMs / 1_000).toFixed(1)} s ${scenario} ${run}/${runs}: ${text}\n`,
      ),
  );
  const outages = outcome.report.runs.map((run) => run.outageMs).toSorted((a, b) => a - b);
  process.stdout.write(`${scenario}: ${JSON.stringify(outages)} ${outcome.directory}\n`);
  const result = { agents, oneWayMs: 30, min: { outageMs: outages[0] ?? null }, ...outcome.report };
  writeFileSync(
    new URL(`careline-${scenario}${pace}.json`, directory),
    `${JSON.stringify(result, null, 2)}\n`,
  );
  isGood &&= outcome.isGood;
}
process.exit(isGood ? 0 : 1);
