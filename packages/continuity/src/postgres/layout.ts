import { join } from "node:path";
import type { PostgresConfig } from "../config.ts";

/** Files of one PostgreSQL server. Configuration lies outside the data directory, so that a clone or a rewind never copies it. */
export interface PostgresLayout {
  readonly configFile: string;
  readonly hbaFile: string;
  readonly identFile: string;
  /** Included by `configFile`: where to replicate from. */
  readonly upstreamFile: string;
  /** Included by `configFile`: who must confirm synchronous commits. */
  readonly synchronousFile: string;
  readonly passFile: string;
  /** Identity of the data directory, made at its initdb or clone. */
  readonly dataIdFile: string;
  readonly postmasterFile: string;
  readonly standbySignal: string;
  /** Quarantined copies of diverged data directories. */
  readonly quarantineDir: string;
}

export function layoutOf(config: PostgresConfig): PostgresLayout {
  const own = (name: string): string => join(config.configDir, name);
  return {
    configFile: own("postgresql.conf"),
    hbaFile: own("pg_hba.conf"),
    identFile: own("pg_ident.conf"),
    upstreamFile: own("upstream.conf"),
    synchronousFile: own("synchronous.conf"),
    passFile: own("replication.pass"),
    dataIdFile: own("data-id"),
    postmasterFile: join(config.dataDir, "postmaster.pid"),
    standbySignal: join(config.dataDir, "standby.signal"),
    quarantineDir: own("quarantine"),
  };
}
