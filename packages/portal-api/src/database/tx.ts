import type postgres from "postgres";

/**
 * A transaction as handlers use it: a tagged template of porsager/postgres bound to one connection between BEGIN and COMMIT.
 * Values are parameters; `tx(name)` quotes an identifier; `tx(rows)` helps inserts. Begin and commit are not a handler's business.
 */
export type Tx = postgres.ISql<Record<never, never>>;
