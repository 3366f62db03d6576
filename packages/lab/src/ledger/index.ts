export type { Acknowledgement, LedgerRecord, Trouble } from "./acknowledgement.ts";
export {
  overlappingTerms,
  termsGoingBack,
  termsWithTwoPrimaries,
  type Violation,
} from "./invariants.ts";
export { Ledger, writeLedger } from "./ledger.ts";
export { type ClientOutage, clientOutages, worstOutage } from "./outage.ts";
export { comparePromises, type PromisesKept } from "./promises-kept.ts";
