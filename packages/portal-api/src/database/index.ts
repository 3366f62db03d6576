export { type Migration, migrate, readMigrations } from "./migrator.ts";
export type { Tx } from "./tx.ts";
