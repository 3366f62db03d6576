import type { Clock } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { writeSynchronous } from "./configuration.ts";
import { ensureRoles, ensureSchema } from "./foundation.ts";
import { LocalSql } from "./local-sql.ts";

/** A row of `continuity.terms`. */
export interface TermRow {
  readonly term: number;
  readonly storeId: string;
  readonly site: string;
}

export interface ReplicationState {
  /** End of the WAL that this server wrote. */
  readonly writtenLsn: string;
  readonly timeline: number;
  /** What the slot's own process has flushed; null while nobody streams through it. */
  readonly standby: {
    readonly name: string;
    readonly state: string;
    readonly syncState: string;
    readonly flushedLsn: string;
    readonly replayedLsn: string;
    readonly lagBytes: number;
    readonly lagSeconds: number;
  } | null;
  readonly slotHoldsWalBytes: number | null;
  readonly synchronousNames: string;
}

/** Statements of one region's server, over its socket. Two databases, because roles live outside `careline`. */
export class PostgresSql {
  readonly #config: PostgresConfig;
  readonly #main: LocalSql;
  readonly #careline: LocalSql;
  readonly #pulse: LocalSql;
  readonly #clock: Clock;

  constructor(config: PostgresConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
    this.#main = new LocalSql(config, clock);
    this.#careline = new LocalSql(config, clock, "careline");
    this.#pulse = new LocalSql(config, clock);
  }

  async close(): Promise<void> {
    await Promise.all([this.#main.close(), this.#careline.close(), this.#pulse.close()]);
  }

  /** Whether the server says anything within that time, be it a refusal, on a connection of its own. `withinMs`: below 2 s, the limit for connecting. */
  async answers(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const limit = this.#clock.deadline(withinMs);
    try {
      await this.#pulse.run(2 * withinMs, AbortSignal.any([signal, limit]), (sql) => sql`select 1`);
      return true;
    } catch {
      signal.throwIfAborted();
      if (limit.aborted) await this.#pulse.close();
      return !limit.aborted;
    }
  }

  /** Roles, database and schema of a new primary; repeating it changes nothing. */
  async ensureFoundation(signal: AbortSignal): Promise<void> {
    await this.#main.run(20_000, signal, (sql) =>
      sql.reserve().then(async (own) => {
        try {
          await ensureRoles(own as never, this.#config);
        } finally {
          own.release();
        }
      }),
    );
    await this.#careline.run(10_000, signal, async (sql) => ensureSchema(sql));
  }

  /** Ends recovery and answers the new timeline and where it forks off. Errors: DATABASE_DOWN. */
  async promote(signal: AbortSignal): Promise<{ timeline: number; startLsn: string }> {
    return this.#main.run(30_000, signal, async (sql) => {
      const [promoted] = await sql<{ ok: boolean }[]>`select pg_promote(true, 25) as ok`;
      if (promoted?.ok !== true) {
        throw new ContinuityError("DATABASE_DOWN", "promotion did not end within 25 s");
      }
      const [row] = await sql<{ timeline: number; history: string | null }[]>`
        with now as (select left(pg_walfile_name(pg_current_wal_lsn()), 8) as hex)
        select ('x' || hex)::bit(32)::int as timeline,
               pg_read_file('pg_wal/' || hex || '.history', 0, 65536, true) as history
          from now`;
      const last = row?.history?.trim().split("\n").at(-1)?.split("\t");
      const startLsn = last?.[1];
      if (row === undefined || startLsn === undefined) {
        throw new ContinuityError("DATABASE_DOWN", "the new timeline has no history");
      }
      return { timeline: row.timeline, startLsn };
    });
  }

  /** The first commit of a term; durable here only, because nobody follows yet. Repeating it changes nothing. */
  async recordTerm(row: TermRow, signal: AbortSignal): Promise<void> {
    await this.#careline.run(10_000, signal, async (sql) => {
      await sql.begin(async (tx) => {
        await tx`set local synchronous_commit = local`;
        await tx`
          insert into continuity.terms (term, store_id, site, timeline, start_lsn, began_at)
          select ${row.term}, ${row.storeId}, ${row.site},
                 ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
                 coalesce(
                   (regexp_match(pg_read_file('pg_wal/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
                     || '.history', 0, 65536, true), '\\t([0-9A-F]+/[0-9A-F]+)\\t[^\\n]*\\n?$'))[1]::pg_lsn,
                   pg_current_wal_lsn()),
                 now()
          on conflict (term) do nothing`;
      });
    });
  }

  /** True once `careline` has its `continuity.terms`. */
  async hasFoundation(signal: AbortSignal): Promise<boolean> {
    const known = await this.#main.run(2_000, signal, async (sql) => {
      const rows = await sql`select 1 from pg_database where datname = 'careline'`;
      return rows.length > 0;
    });
    if (!known) return false;
    return this.#careline.run(2_000, signal, async (sql) => {
      const [row] = await sql<{ known: boolean }[]>`
        select to_regclass('continuity.terms') is not null
           and to_regprocedure('continuity.confirmed_lsn()') is not null as known`;
      return row?.known === true;
    });
  }

  /** The other region's slot; reserves WAL from now on, so that a clone finds all it needs. */
  async ensureSlot(name: string, signal: AbortSignal): Promise<void> {
    await this.#main.run(5_000, signal, async (sql) => {
      await sql`
        select pg_create_physical_replication_slot(${name}, true)
         where not exists (select 1 from pg_replication_slots where slot_name = ${name})`;
    });
  }

  /** Removes a slot whose log was given up (`wal_status` lost): it could never be used again. */
  async dropLostSlot(name: string, signal: AbortSignal): Promise<void> {
    await this.#main.run(5_000, signal, async (sql) => {
      await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots
                 where slot_name = ${name} and not active and wal_status = 'lost'`;
    });
  }

  /** Makes synchronous commits wait for `name`, or for nobody, and sees the running server use it. */
  async setSynchronous(name: string | null, signal: AbortSignal): Promise<void> {
    writeSynchronous(this.#config, name);
    await this.#main.run(5_000, signal, async (sql) => {
      await sql`select pg_reload_conf()`;
      for (let look = 0; look < 100; look += 1) {
        const [row] = await sql<{ names: string }[]>`
          select current_setting('synchronous_standby_names') as names`;
        const isInForce = name === null ? row?.names === "" : row?.names.includes(`"${name}"`);
        if (isInForce === true) return;
        await this.#clock.sleep(10, signal);
      }
      throw new ContinuityError("DATABASE_DOWN", "synchronous_standby_names did not take effect");
    });
  }

  /** A commit that waits for the other region; its answer proves that synchronous commits wait and pass. */
  async canary(withinMs: number, signal: AbortSignal): Promise<void> {
    await this.#careline.run(withinMs, signal, async (sql) => {
      await sql.begin(async (tx) => {
        await tx`set local synchronous_commit = on`;
        await tx`insert into continuity.canary values (1, now()) on conflict (id) do update set at = now()`;
      });
    });
  }

  async checkpoint(signal: AbortSignal): Promise<void> {
    await this.#main.run(60_000, signal, async (sql) => {
      await sql`checkpoint`;
    });
  }

  /** Observation of a primary; `slot` is the other region's. */
  async replication(slot: string, signal: AbortSignal): Promise<ReplicationState> {
    return this.#main.run(1_500, signal, async (sql) => {
      const [row] = await sql<ReplicationRow[]>`
        select pg_current_wal_lsn()::text as written,
               ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline,
               current_setting('synchronous_standby_names') as names,
               (s.restart_lsn is not null) as reserved,
               pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::float8 as held,
               r.application_name as name, r.state, r.sync_state,
               r.flush_lsn::text as flushed, r.replay_lsn::text as replayed,
               greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), r.flush_lsn), 0)::float8 as lag_bytes,
               coalesce(extract(epoch from r.flush_lag), 0)::float8 as lag_seconds
          from (select 1) as one
          left join pg_replication_slots s on s.slot_name = ${slot} and s.slot_type = 'physical'
          left join pg_stat_replication r on r.pid = s.active_pid`;
      if (row === undefined) throw new ContinuityError("DATABASE_DOWN", "no replication row");
      return toReplicationState(row);
    });
  }

  /** Observation of a standby. */
  async recovery(signal: AbortSignal): Promise<RecoveryState> {
    return this.#main.run(1_500, signal, async (sql) => {
      const [row] = await sql<RecoveryRow[]>`
        select pg_is_in_recovery() as recovering,
               coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as received,
               pg_last_wal_replay_lsn()::text as replayed,
               case when pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() then 0
                    else extract(epoch from now() - pg_last_xact_replay_timestamp())::float8
               end as delay,
               (select received_tli from pg_stat_wal_receiver) as receiving,
               (select status from pg_stat_wal_receiver) as status,
               (select max(('x' || left(name, 8))::bit(32)::int) from pg_ls_waldir()
                 where name ~ '^[0-9A-F]{24}$') as logged`;
      if (row === undefined) throw new ContinuityError("DATABASE_DOWN", "no recovery row");
      return {
        inRecovery: row.recovering,
        flushedLsn: row.received,
        replayedLsn: row.replayed,
        replayDelayMs: row.delay === null ? null : Math.max(0, row.delay * 1_000),
        // Without a receiver: the newest timeline of which log was received. Control data lag behind it.
        timeline: row.receiving ?? row.logged,
        isReceiving: row.status === "streaming",
      };
    });
  }

  /** Newest term in the data: 0 before the first, null while `continuity.terms` does not exist. */
  async newestTerm(signal: AbortSignal): Promise<number | null> {
    return this.#careline.run(1_500, signal, async (sql) => {
      const [row] = await sql<{ term: number }[]>`
        select coalesce(max(term), 0)::int as term from continuity.terms`;
      return row?.term ?? null;
    });
  }

  /** Whether pg_rewind would see the current timeline, and the other region's slot exists. */
  async isUpstreamReady(slot: string, signal: AbortSignal): Promise<boolean> {
    return this.#main.run(1_500, signal, async (sql) => {
      const [row] = await sql<{ ready: boolean }[]>`
        select (select timeline_id from pg_control_checkpoint())
                 = ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
           and exists (select 1 from pg_replication_slots
                        where slot_name = ${slot} and wal_status is distinct from 'lost') as ready`;
      return row?.ready === true;
    });
  }

  /** End of the log of a primary after its last commit. */
  async writtenLsn(signal: AbortSignal): Promise<string> {
    return this.#main.run(1_500, signal, async (sql) => {
      const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`;
      if (row === undefined) throw new ContinuityError("DATABASE_DOWN", "no position");
      return row.lsn;
    });
  }

  async flushedLsn(signal: AbortSignal): Promise<string> {
    return this.#main.run(1_500, signal, async (sql) => {
      const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_flush_lsn()::text as lsn`;
      if (row === undefined) throw new ContinuityError("DATABASE_DOWN", "no position");
      return row.lsn;
    });
  }

  /** What `rowsWritten` needs; durable here only, repeated at every start of a count. */
  async ensureLogReader(signal: AbortSignal): Promise<void> {
    await this.#main.run(5_000, signal, async (sql) => {
      await sql.begin(async (tx) => {
        await tx`set local synchronous_commit = local`;
        await tx`create extension if not exists pg_walinspect`;
      });
    });
  }

  /** Row versions written or deleted between two positions of the flushed log, the catalogue's own included: never fewer than a report lists. */
  async rowsWritten(from: string, to: string, signal: AbortSignal): Promise<number> {
    return this.#main.run(3_000, signal, async (sql) => {
      const [row] = await sql<{ rows: number }[]>`
        select coalesce(sum("count"), 0)::float8 as rows
          from pg_get_wal_stats(${from}::pg_lsn, ${to}::pg_lsn, true)
         where "resource_manager/record_type" ~ '^Heap2?/(INSERT|UPDATE|HOT_UPDATE|DELETE|MULTI_INSERT)'`;
      return row?.rows ?? 0;
    });
  }

  /** Calls with somebody on the line, as the portal's schema counts them; null where it does not. */
  async openCalls(signal: AbortSignal): Promise<number | null> {
    return this.#careline.run(1_500, signal, async (sql) => {
      const [known] = await sql<{ known: boolean }[]>`
        select to_regprocedure('portal.open_calls()') is not null as known`;
      if (known?.known !== true) return null;
      const [row] = await sql<{ calls: number }[]>`select portal.open_calls()::int as calls`;
      return row?.calls ?? null;
    });
  }

  /** For the rules of a standby that stops receiving: reloads, then waits until the receiver is gone. */
  async awaitReceiver(present: boolean, withinMs: number, signal: AbortSignal): Promise<void> {
    await this.#main.run(withinMs, signal, async (sql) => {
      for (;;) {
        const rows = await sql`select pid from pg_stat_wal_receiver`;
        if (rows.length > 0 === present) return;
        await this.#clock.sleep(5, signal);
      }
    });
  }
}

export interface RecoveryState {
  readonly inRecovery: boolean;
  readonly flushedLsn: string | null;
  readonly replayedLsn: string | null;
  readonly replayDelayMs: number | null;
  readonly timeline: number;
  readonly isReceiving: boolean;
}

interface RecoveryRow {
  readonly recovering: boolean;
  readonly received: string | null;
  readonly replayed: string | null;
  readonly delay: number | null;
  readonly receiving: number | null;
  readonly status: string | null;
  readonly logged: number;
}

interface ReplicationRow {
  readonly written: string;
  readonly timeline: number;
  readonly names: string;
  readonly reserved: boolean;
  readonly held: number | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly sync_state: string | null;
  readonly flushed: string | null;
  readonly replayed: string | null;
  readonly lag_bytes: number | null;
  readonly lag_seconds: number;
}

function toReplicationState(row: ReplicationRow): ReplicationState {
  const standby =
    row.name === null || row.state === null || row.flushed === null
      ? null
      : {
          name: row.name,
          state: row.state,
          syncState: row.sync_state ?? "async",
          flushedLsn: row.flushed,
          replayedLsn: row.replayed ?? row.flushed,
          lagBytes: row.lag_bytes ?? 0,
          lagSeconds: row.lag_seconds,
        };
  return {
    writtenLsn: row.written,
    timeline: row.timeline,
    standby,
    slotHoldsWalBytes: row.held,
    synchronousNames: row.names,
  };
}
