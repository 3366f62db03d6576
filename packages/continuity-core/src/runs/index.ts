export { type MayApprove, mayApprove, whyNotApproved } from "./approvals.ts";
export { countsAsFlap, startsCooldown, whySuperseded } from "./cooldown.ts";
export { type Plan, planSchema } from "./plan.ts";
export { isPastUndo, type Reduced, type RunEvent, reduceRun } from "./reducer.ts";
export { rejoinTrouble } from "./rejoin-trouble.ts";
export * from "./run-record.ts";
export { type Stamp, type StampRefusal, whyRefused } from "./stamp.ts";
