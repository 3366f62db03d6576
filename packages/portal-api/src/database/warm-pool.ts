import type { Clock } from "@careline/platform";
import type { Database } from "./database.ts";

/** A region that was promoted must find its pool open: the loop looks this often. */
const lookMs = 1_000;

/**
 * Keeps the pool open and its backends warm, also while this region only follows: sessions of a hot standby go on through its
 * promotion. Otherwise everybody who arrives after a failover pays for a TLS and scram handshake, a new backend and its first look
 * into the catalogue, all at the same moment. A database that does not answer is looked for again; requests open what they need.
 */
export async function keepPoolWarm(
  database: Database,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // Down, starting or fenced: the next look finds it.
    await database.pool.fill(knowTables, signal).catch(() => {});
    await clock.sleep(lookMs, signal).catch(() => {});
  }
}

/** Opens each table and index once, so that the backend has them in its cache. */
const knowTables: Parameters<Database["pool"]["fill"]>[0] = async ({ sql }) => {
  await sql`
    select sum(pg_relation_size(oid)) from pg_class where relnamespace = 'portal'::regnamespace`;
};
