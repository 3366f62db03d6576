export type * from "./effects.ts";
export { alarms, permitReasons, txnPurposes } from "./effects.ts";
export type * from "./events.ts";
export { promiseRefusals } from "./events.ts";
export { type KeeperRules, keeperRules } from "./rules.ts";
export type { KeeperState, KnownPortal, Phase, PostgresState } from "./state.ts";
export { type KeeperStatus, keeperStatus, nextWakeMs } from "./status.ts";
export { type Keeper, type KeeperIdentity, type KeeperStep, keeper, keeperWith } from "./step.ts";
