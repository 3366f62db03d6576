export { keys, storeKey } from "./keys.ts";
export * from "./records.ts";
export {
  type Comparison,
  claimSite,
  type FirstRecords,
  type ForceQuorumOrder,
  forceQuorum,
  forceTakeOver,
  initialise,
  type Put,
  type QuorumView,
  type TakeOverRecords,
  type Txn,
  takeOver,
  type Versioned,
  writeLease,
  writeOwned,
  writeSync,
} from "./transactions.ts";
