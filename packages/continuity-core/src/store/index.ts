export { type Beginning, type FirstRecords, firstRecords } from "./first-records.ts";
export { keys, storeKey } from "./keys.ts";
export * from "./records.ts";
export {
  beginOrdered,
  type Comparison,
  claimSite,
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
