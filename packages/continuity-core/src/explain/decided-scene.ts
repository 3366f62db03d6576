import { type Decision, decide, defaultPolicy } from "../decide/index.ts";
import type { Observation, QuorumSeen } from "../observe/index.ts";
import { aFollowingKeeper, aStandbySeen, someTime } from "./scene.ts";

/** For tests: the decision by the design's own policy. */
export const decided = (o: Observation): Decision => decide(o, defaultPolicy);

/** For tests: a decision in one word; a hold by its reason. */
export const inShort = (decision: Decision): string =>
  decision.kind === "hold" ? decision.why : decision.kind;

/** For tests: the standby's controller just after the primary has lapsed. */
export const lapsed = (changes: Partial<Observation> = {}): Observation =>
  aStandbySeen({ keeper: aFollowingKeeper({ lapsesInMs: 0 }), lapsedForMs: 50, ...changes });

/** For tests: automation is switched off. */
export const automationOff: QuorumSeen["automation"] = {
  record: { enabled: false, by: "otto", reason: "maintenance", changedAt: someTime, until: null },
  revision: 9,
};
