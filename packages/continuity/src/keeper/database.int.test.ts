import { readFileSync } from "node:fs";
import type { KeeperEvent } from "@careline/continuity-core";
import { silentLogger, systemClock, systemRandom } from "@careline/platform";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { layoutOf, PostgresCopies } from "../postgres/index.ts";
import { createAuthority } from "../testing/authority.ts";
import { configureTwoRegions, type TwoRegions } from "../testing/region.ts";
import { becomeUnprivileged, eventually, Trial } from "../testing/trial.ts";
import { KeeperDatabase } from "./database.ts";

becomeUnprivileged();
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const trial = new Trial("keeper-database");
const ending = new AbortController();
const events: KeeperEvent["kind"][] = [];
let regions: TwoRegions;
let database: KeeperDatabase;

beforeAll(async () => {
  regions = await configureTwoRegions(trial, createAuthority(trial.dir));
  const config = regions.postgres.east;
  await new PostgresCopies(config, systemClock, systemRandom).initialise(ending.signal);
  database = new KeeperDatabase({
    config,
    site: "east",
    clock: systemClock,
    log: silentLogger(),
    emit: ({ kind }) => events.push(kind),
    signal: ending.signal,
    pulse: { eachMs: 100, withinMs: 1_500, silencesMax: 2 },
  });
});
afterAll(async () => {
  await database.close(new AbortController().signal);
  ending.abort();
  await trial.end();
});

const happened = (kind: KeeperEvent["kind"], times: number) =>
  eventually(kind, 60_000, async () => events.filter((each) => each === kind).length >= times);

it("ends a server that answers nothing any more, all its processes stopped, and can start it again", async () => {
  database.start("primary");
  await happened("postgres-started", 1);
  const { postmasterFile } = layoutOf(regions.postgres.east);
  const pid = Number(readFileSync(postmasterFile, "utf8").split("\n")[0]);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  for (const each of [...children.map(Number), pid]) process.kill(each, "SIGSTOP");
  await happened("postgres-exited", 1);
  database.start("primary");
  await happened("postgres-started", 2);
  expect(events).toEqual(["postgres-started", "postgres-exited", "postgres-started"]);
});
