import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import type { Acknowledgement } from "../ledger/index.ts";
import { marksOf, noPhases, phasesOf } from "./phases.ts";
import { drillReport, isGood, medianOf, type RunReport, type RunResult } from "./report.ts";
import { reportPage } from "./report-html.ts";
import { scenarios } from "./scenarios/index.ts";
import { timelineOf } from "./timeline.ts";

function aRun(more: Partial<RunReport> = {}): RunReport {
  return {
    outageMs: 2_100,
    phases: { ...noPhases, detectMs: 1_300, promoteMs: 300 },
    acknowledged: { geo: 40, local: 900 },
    lost: { geo: 0, local: 0 },
    replayed: 3,
    errorsSeen: 120,
    invariantsViolated: [],
    ...more,
  };
}

function schema(name: string): object {
  const file = new URL(`../../../../docs/reference/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as object;
}

it("writes reports that fit their published schema, and the schema refuses others", () => {
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema("drill"));
  expect(isValid(drillReport("region-loss", [aRun(), aRun({ outageMs: 1_900 })]))).toBe(true);
  expect(isValid(drillReport("region-loss", []))).toBe(true);
  expect(isValid({ ...drillReport("region-loss", [aRun()]), secret: 1 })).toBe(false);
  expect(isValid(drillReport("region-loss", [aRun({ outageMs: 1.5 })]))).toBe(false);
});

it("publishes a schema of the status that takes roles of its list only", () => {
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema("status"));
  const site = { role: "standby", healthy: true };
  const status = {
    term: 3,
    primary: "east",
    protected: true,
    sites: { east: { role: "primary", healthy: true }, west: site, witness: site },
    lag: { bytes: 0, seconds: 0 },
  };
  expect(isValid(status)).toBe(true);
  expect(isValid({ ...status, sites: { ...status.sites, west: { ...site, role: "boss" } } })).toBe(
    false,
  );
});

it("takes the middle of the runs, and the worst", () => {
  expect(medianOf([1, 2, 9])).toBe(2);
  expect(medianOf([1, 2, 4, 9])).toBe(3);
  expect(medianOf([])).toBeNull();
  const runs = [1_000, 3_000, 2_000].map((outageMs) => aRun({ outageMs }));
  expect(drillReport("x", runs)).toMatchObject({
    median: { outageMs: 2_000 },
    max: { outageMs: 3_000 },
  });
});

it("calls a drill bad when anything was lost or a rule broken", () => {
  expect(isGood(drillReport("x", [aRun()]))).toBe(true);
  expect(isGood(drillReport("x", [aRun({ lost: { geo: 0, local: 1 } })]))).toBe(false);
  expect(isGood(drillReport("x", [aRun({ invariantsViolated: ["a: b"] })]))).toBe(false);
});

it("splits an outage by the controllers' marks, and gives a missing mark no time", () => {
  const phases = phasesOf({
    faultAtMs: 1_000,
    lapsedAtMs: 2_300,
    decidedAtMs: 2_310,
    wonAtMs: 2_400,
    servingAtMs: 2_700,
    firstAckAtMs: 2_900,
    allServedAtMs: 3_100,
  });
  expect(Object.values(phases)).toEqual([1_300, 10, 90, 300, 200, 200]);
  const planned = phasesOf({
    faultAtMs: 1_000,
    lapsedAtMs: null,
    decidedAtMs: 1_400,
    wonAtMs: 1_450,
    servingAtMs: 1_600,
    firstAckAtMs: 1_590,
    allServedAtMs: 1_800,
  });
  expect(Object.values(planned)).toEqual([0, 400, 50, 150, 0, 200]);
});

it("moves the controllers' wall-clock marks onto the drill's own clock", () => {
  const phases = { lapsedAt: "2026-01-01T00:00:02.000Z", servingAt: "2026-01-01T00:00:03.000Z" };
  const marks = marksOf(
    { term: 2, primary: "west", phases } as never,
    500,
    { firstAckAtMs: null, allServedAtMs: null },
    (wall) => Date.parse(wall) - Date.parse("2026-01-01T00:00:00.000Z"),
  );
  expect(marks).toMatchObject({ lapsedAtMs: 2_000, decidedAtMs: null, servingAtMs: 3_000 });
});

it("counts acknowledgements per tenth of a second and region, through the front door only", () => {
  const ack = (site: string, receivedAtMs: number, via = "front-door") =>
    ({ site, receivedAtMs, via }) as Acknowledgement;
  const acks = [ack("east", 10), ack("east", 20), ack("west", 250), ack("west", 20, "west")];
  expect(timelineOf(acks, 0, 300)).toEqual([
    { site: "east", counts: [2, 0, 0] },
    { site: "west", counts: [0, 0, 1] },
  ]);
});

it("draws a page that stands alone and takes no markup from what it shows", () => {
  const scenario = scenarios[0];
  if (scenario === undefined) throw new Error("there are no scenarios");
  const report = aRun({ invariantsViolated: ["agent-signed-out: <script>alert(1)</script>"] });
  const result: RunResult = {
    report,
    record: { acknowledgements: [], troubles: [], replays: [] },
    details: {
      startedAt: "2026-01-01T00:00:00.000Z",
      primaryBefore: "east",
      primaryAfter: "west",
      termBefore: 1,
      termAfter: 2,
      cause: "failover",
      notes: [{ atMs: 0, text: "fault" }],
      protectedAgainMs: 9_000,
      laterPauseMs: 300,
      outages: [{ client: "agent001", lastBeforeMs: -50, firstAfterMs: 2_050, outageMs: 2_100 }],
      experiences: [
        {
          client: "agent001",
          callsAnswered: 1,
          callsClosed: 1,
          signOuts: 0,
          refusals: {},
          waiting: 0,
          unconfirmed: 1,
        },
      ],
      troubleCodes: { NO_REGION: 7 },
      promises: { acknowledged: report.acknowledged, lost: report.lost, lostKeys: [], reported: 0 },
      violations: [],
      timelineFromMs: -2_000,
      timeline: [{ site: "east", counts: [5, 0, 2] }],
    },
  };
  const page = reportPage(scenario, drillReport(scenario.name, [report]), [result]);
  expect(page).toContain("<svg");
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toMatch(/<script|https?:|<link|@import|url\(/);
});

it("has a name, a description and an expectation for every scenario, and no name twice", () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, what, expected } of scenarios) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(what.endsWith(".")).toBe(true);
    expect(expected.endsWith(".")).toBe(true);
  }
});
