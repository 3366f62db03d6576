import { stepsOf } from "@careline/continuity-core";
import { furthest, standsAt } from "../journal.ts";
import type { Scenario, Scene } from "../scenario.ts";
import { loseDiverged } from "./lose-diverged.ts";

/** Longer than any take-over was seen to need: after it nobody else may go on, and the lost region returns. */
const takeOverWithinMs = 8_000;

const stepNames = (kind: "switchover" | "rejoin"): string[] =>
  stepsOf(kind, "west").map(({ definition }) => definition.name);

/** Kills `site` when the journal of `runId` begins `step`, and says where the journal stood when the site was gone. */
async function killAtStep(
  scene: Scene,
  runId: string,
  step: string,
  site: "east" | "west",
): Promise<string> {
  const { stage, signal, note, untilStep } = scene;
  const seen = await untilStep(runId, step);
  const report = await stage.fault({ kind: "kill-site", site }, signal);
  const run = await furthest(stage.operators, runId, signal);
  const stands = run === null ? "no controller shows the journal" : standsAt(run);
  const isLate = seen === null || seen.isLate;
  note(`${site} was killed ${isLate ? "just after" : "at the beginning of"} ${step}: ${stands}`);
  return report.beganAt;
}

/** The other region goes on if it may; if nobody does, the lost region has to return for that. */
async function untilSomebodyServes(scene: Scene, lost: "east" | "west"): Promise<void> {
  const { stage, signal, note, until, serving } = scene;
  const isServed = await until(takeOverWithinMs, async () => (await serving()).length > 0);
  if (isServed) return;
  note("nobody else may go on: the lost region returns");
  await stage.fault({ kind: "heal-site", site: lost }, signal);
}

/** One scenario for each step of a switchover: whoever holds the term when the step begins is lost. */
function lossAtStepOfSwitchover(step: string): Scenario {
  const steps = stepNames("switchover");
  const hasMoved = steps.indexOf(step) > steps.indexOf("taken-over");
  return {
    name: `loss-at-${step}-of-switchover`,
    what: `When a switchover begins its step ${step}, the region that holds the term is killed.`,
    expected:
      "The other region goes on if it has everything, else the lost one does when it returns; the run is completed or stopped.",
    primary: "either",
    async fault(scene) {
      const { stage, primary, standby, signal, wallMs } = scene;
      const askedAt = new Date(wallMs());
      const order = { kind: "switchover", to: standby, reason: "drill" } as const;
      const runId = await stage.operators.startRun(order, signal);
      const lost = hasMoved ? standby : primary;
      await killAtStep(scene, runId, step, lost);
      await untilSomebodyServes(scene, lost);
      return askedAt;
    },
    async heal({ stage, signal }) {
      await stage.fault({ kind: "heal-all" }, signal);
    },
  };
}

/** One scenario for each step of a rejoin: the only region that serves is lost while the other returns. */
function lossAtStepOfRejoin(step: string): Scenario {
  return {
    name: `loss-at-${step}-of-rejoin`,
    what: `The primary's region is killed with log that the other lacks, and returns; when its rejoin begins the step ${step}, the region that took over is killed.`,
    expected:
      "The returning region does not serve unless it has everything; the other returns, and the rejoin is completed.",
    primary: "either",
    async fault(scene) {
      const { stage, primary, standby, signal, note, untilRun } = scene;
      const beganAt = await loseDiverged(scene);
      note("the first region returns");
      const returning = stage.fault({ kind: "heal-site", site: primary }, signal);
      // It may not become ready while the other is down; the heal at the end says whether it does.
      const settled = Promise.allSettled([returning]);
      await killAtStep(scene, await untilRun("rejoin"), step, standby);
      await untilSomebodyServes(scene, standby);
      await settled;
      return beganAt;
    },
    async heal({ stage, signal }) {
      await stage.fault({ kind: "heal-all" }, signal);
    },
  };
}

export const lossAtEachStep: readonly Scenario[] = [
  ...stepNames("switchover").map(lossAtStepOfSwitchover),
  ...stepNames("rejoin").map(lossAtStepOfRejoin),
];
