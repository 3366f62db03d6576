import { stepsOf } from "@careline/continuity-core";
import type { Scenario, Scene } from "../scenario.ts";
import { loseDiverged } from "./lose-diverged.ts";

type Kind = "switchover" | "failover" | "rejoin";

/** At the beginning of each step of a run the controller that carries it out is killed; it starts again at once. */
async function killAtEachStep(scene: Scene, kind: Kind, runId: string): Promise<void> {
  const { stage, signal, note, expect, untilStep, untilRunEnds } = scene;
  const starting = new Map<string, Promise<unknown>>();
  let kills = 0;
  for (const { definition } of stepsOf(kind, "west")) {
    const seen = await untilStep(runId, definition.name);
    if (seen === null) break;
    const process = `controller.${seen.site}`;
    await starting.get(process);
    await stage.fault({ kind: "kill-process", process, staysDown: true }, signal);
    kills += 1;
    const when = seen.isLate ? "just after" : "at";
    note(`${process} was killed ${when} ${definition.name}`);
    starting.set(process, stage.fault({ kind: "heal-process", process }, signal));
  }
  await Promise.all(starting.values());
  const end = await untilRunEnds(runId);
  note(`the ${kind} ended as ${end} after ${kills} kills`);
  expect(kills > 0, "at least one controller was killed during the run");
}

const expected =
  "The journal's successor completes the run or stops it safely; one region is writable.";
const heal = async ({ stage, signal }: Scene): Promise<void> => {
  await stage.fault({ kind: "heal-all" }, signal);
};

export const controllersKilledInSwitchover: Scenario = {
  name: "controllers-killed-in-switchover",
  what: "During a switchover the controller of each step is killed when its step begins.",
  expected,
  primary: "either",
  async fault(scene) {
    const { stage, standby, signal, wallMs } = scene;
    const askedAt = new Date(wallMs());
    const order = { kind: "switchover", to: standby, reason: "drill" } as const;
    await killAtEachStep(scene, "switchover", await stage.operators.startRun(order, signal));
    return askedAt;
  },
  heal,
};

export const controllersKilledInFailover: Scenario = {
  name: "controllers-killed-in-failover",
  what: "The primary's region is killed, and the other's controller at each step of the failover.",
  expected,
  primary: "moves",
  async fault(scene) {
    const { stage, primary, signal, untilRun } = scene;
    const began = await stage.fault({ kind: "kill-site", site: primary }, signal);
    await killAtEachStep(scene, "failover", await untilRun("failover"));
    return began.beganAt;
  },
  heal,
};

export const controllersKilledInRejoin: Scenario = {
  name: "controllers-killed-in-rejoin",
  what: "The primary's region is killed with log that the other lacks, and returns; the controller of each step of its rejoin is killed when the step begins.",
  expected,
  primary: "moves",
  async fault(scene) {
    const { stage, primary, signal, note, untilRun } = scene;
    const beganAt = await loseDiverged(scene);
    note("the region returns");
    const settled = Promise.allSettled([stage.fault({ kind: "heal-site", site: primary }, signal)]);
    await killAtEachStep(scene, "rejoin", await untilRun("rejoin"));
    await settled;
    return beganAt;
  },
  heal,
};
