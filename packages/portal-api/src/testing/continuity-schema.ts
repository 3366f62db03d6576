/**
 * What continuity creates on the first primary before any migration (docs/reference/site-contracts.md, "Database"), for tests
 * of the portal alone. Run as superuser in the database `careline`.
 */
export const continuitySchema = (storeId: string): string => `
  create schema continuity authorization careline_continuity;
  create table continuity.terms (
    term bigint primary key, store_id uuid not null, site text not null, timeline int not null,
    start_lsn pg_lsn not null, began_at timestamptz not null
  );
  alter table continuity.terms owner to careline_continuity;
  grant usage on schema continuity to public;
  grant select on continuity.terms to public;
  insert into continuity.terms values (1, '${storeId}', 'east', 1, pg_current_wal_lsn(), now());
  create function continuity.confirmed_lsn() returns pg_lsn language sql stable security definer
    set search_path = pg_catalog, pg_temp
    as $$ select r.flush_lsn from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid
           where s.slot_type = 'physical' order by r.flush_lsn desc limit 1 $$;
  grant execute on function continuity.confirmed_lsn() to public;
`;

export const clusterRoles = (password: string): string => `
  create role careline_owner login password '${password}';
  create role careline_app login password '${password}';
  create role careline_continuity login password '${password}';
  create role careline_replication login replication password '${password}';
`;
