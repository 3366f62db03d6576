export type { Tx } from "./tx.ts";
