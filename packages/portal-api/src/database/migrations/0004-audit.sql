-- does not break running code
-- Audit trail (HCC-DB-10, HCC-POR-10). Departures from the catalogue: audit_id is a UUIDv7 instead of an identity number, because
-- numbers drawn in two regions collide after a failover; ReplicatedToDR and ReplicationTimestamp are derived (note of HCC-DB-10).
create table audit_log (
  audit_id uuid primary key,
  "timestamp" timestamptz not null,
  agent_id uuid,
  action varchar(100) not null,
  resource_type varchar(50) not null,
  resource_id varchar(255),
  patient_id uuid,
  ip_address varchar(50),
  user_agent varchar(500),
  session_id varchar(255),
  region varchar(20) not null check (region in ('east', 'west')),
  status_code integer not null,
  details text not null default '{}',
  request_id uuid not null,
  -- 'agent', 'system' or 'anonymous'; 'emergency' = read while no region was writable, imported from the spool.
  origin varchar(20) not null check (origin in ('agent', 'system', 'anonymous', 'emergency')),
  -- The term under which the row entered the trail; set by the trigger, never by the writer.
  term bigint not null,
  -- For sealing and for deriving replication: row order is not commit order.
  transaction_id xid8 not null default pg_current_xact_id()
);
create index audit_log_time on audit_log ("timestamp", audit_id);
create index audit_log_agent on audit_log (agent_id, "timestamp", audit_id);
create index audit_log_patient on audit_log (patient_id, "timestamp", audit_id) where patient_id is not null;
create index audit_log_transaction on audit_log (transaction_id);

alter table audit_log enable row level security;
grant select, insert on audit_log to careline_app;

create policy audit_insert on audit_log for insert to careline_app
  with check (agent_id is not distinct from (select portal.current_agent()) or (select portal.is_system()));
create policy audit_read on audit_log for select to careline_app
  using ((select portal.has_permission('auditor')) or (select portal.is_system()));

-- A portal left over from an old term cannot write to the new primary (continuity.md, "Fencing, three layers", 3).
-- SQLSTATE CL001: the portal answers 503 WRITES_PAUSED.
create function portal.refuse_old_term() returns trigger
  language plpgsql security definer
  set search_path = portal, pg_temp
  as $$
  declare
    newest bigint;
    mine bigint := portal.current_term();
  begin
    select term into newest from continuity.terms order by term desc limit 1;
    if mine is null or newest is null or mine <> newest then
      raise exception 'term % is not the newest term %', mine, newest using errcode = 'CL001';
    end if;
    new.term := newest;
    return new;
  end
  $$;
revoke all on function portal.refuse_old_term() from public;
create trigger audit_log_term before insert on audit_log
  for each row execute function portal.refuse_old_term();

-- Not even the owner changes the trail by accident; dropping this trigger is visible in the ledger's proofs.
create function portal.refuse_audit_change() returns trigger
  language plpgsql
  as $$ begin raise exception 'the audit trail only grows' using errcode = 'CL002'; end $$;
create trigger audit_log_fixed before update or delete or truncate on audit_log
  for each statement execute function portal.refuse_audit_change();

-- The canonical encoding, version 1: what is hashed into the ledger. Fields in this order, each as a 4-byte big-endian length
-- and UTF-8 text, null as length FFFFFFFF, after the text 'careline-audit/1'. The instant is microseconds since 1970-01-01 UTC.
-- packages/portal-api/src/audit/canonical.ts is its twin; their agreement is tested on rows and vectors.
create function portal.audit_field(value text) returns bytea
  language sql immutable parallel safe
  as $$
    select case when value is null then '\xffffffff'::bytea
           else int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8') end
  $$;

create function portal.audit_canonical(entry audit_log) returns bytea
  language sql stable parallel safe
  as $$
    select portal.audit_field('careline-audit/1')
        || portal.audit_field(entry.audit_id::text)
        || portal.audit_field((extract(epoch from entry."timestamp") * 1000000)::bigint::text)
        || portal.audit_field(entry.agent_id::text)
        || portal.audit_field(entry.action)
        || portal.audit_field(entry.resource_type)
        || portal.audit_field(entry.resource_id)
        || portal.audit_field(entry.patient_id::text)
        || portal.audit_field(entry.ip_address)
        || portal.audit_field(entry.user_agent)
        || portal.audit_field(entry.session_id)
        || portal.audit_field(entry.region)
        || portal.audit_field(entry.status_code::text)
        || portal.audit_field(entry.details)
        || portal.audit_field(entry.request_id::text)
        || portal.audit_field(entry.origin)
        || portal.audit_field(entry.term::text)
  $$;
grant execute on function portal.audit_field(text), portal.audit_canonical(audit_log) to careline_app;

-- Marks set by the primary's loop: every transaction below `below_transaction` had ended when the log stood at `position`,
-- and the standby had flushed that position at `confirmed_at`.
create table audit_replication_marks (
  below_transaction xid8 primary key,
  term bigint not null,
  position pg_lsn not null,
  confirmed_at timestamptz not null
);
alter table audit_replication_marks enable row level security;
grant select, insert, delete on audit_replication_marks to careline_app;
create policy marks_system on audit_replication_marks for all to careline_app
  using ((select portal.is_system()) or (select portal.has_permission('auditor')))
  with check ((select portal.is_system()));

-- HCC-DB-10's two columns, derived. A row without a mark yet reads false and null.
create view audit_log_replication with (security_invoker = true) as
  select l.audit_id,
         m.confirmed_at is not null as replicated_to_dr,
         m.confirmed_at as replication_timestamp
    from audit_log l
    left join lateral (
      select confirmed_at from audit_replication_marks
       where below_transaction > l.transaction_id
       order by below_transaction limit 1
    ) m on true;
grant select on audit_log_replication to careline_app;
