import type { Opening } from "./opening.ts";
import { at, fromMs } from "./script-parts.ts";
import type { World } from "./world.ts";

const site = "witness";

/** A forced failover waits for two approvers; whoever ordered it approves, and one other person. */
export const approvedByWhoOrdered: Opening = {
  name: "approved-by-who-ordered",
  minutes: 1.2,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "guarded-failover", at: site, target: "west", by: "anna" }),
      at(fromMs + dice.between(1_000, 4_000), { kind: "approval", at: site, by: "bert" }),
      at(fromMs + dice.between(5_000, 9_000), { kind: "approval", at: site, by: "anna" }),
      at(fromMs + 55_000, { kind: "operator", action: "cancel", at: site, target: "west" }),
    ],
    expectations: [{ atMs: fromMs + 54_000, invariant: 8, why: whyItMoved }],
  }),
};

function whyItMoved(world: World): string | null {
  return world.observer.lastTerm > 1
    ? "the primary was moved although nobody but whoever ordered it and one other person approved"
    : null;
}

/** The two approvers take their time: longer than all attempts of the step that waits for them have budgets. */
export const approvedLate: Opening = {
  name: "approved-late",
  minutes: 3,
  script: (dice) => ({
    faults: [
      at(fromMs, { kind: "guarded-failover", at: site, target: "west", by: "anna" }),
      at(fromMs + dice.between(1_000, 60_000), { kind: "approval", at: site, by: "bert" }),
      at(fromMs + dice.between(125_000, 140_000), { kind: "approval", at: site, by: "carl" }),
    ],
    expectations: [{ atMs: fromMs + 165_000, invariant: 7, why: whyItDidNotMove }],
  }),
};

function whyItDidNotMove(world: World): string | null {
  return world.observer.lastTerm > 1
    ? null
    : "two people approved the order within its time, and nothing was carried out";
}
