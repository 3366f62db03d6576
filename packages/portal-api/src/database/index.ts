export { Database } from "./database.ts";
export { type Migration, migrate, readMigrations } from "./migrator.ts";
export {
  type CommitOutcome,
  isServerError,
  Transaction,
  type TransactionSettings,
} from "./transaction.ts";
export type { Tx } from "./tx.ts";
export { keepPoolWarm } from "./warm-pool.ts";
