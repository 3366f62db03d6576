-- breaks running code: no
-- The provider's events, stored once and never changed, and the commands that still have to reach it.

create table portal.telephony_events (
  provider varchar(20) not null,
  event_id uuid not null,
  provider_call_id varchar(100) not null,
  sequence int not null,
  kind varchar(30) not null,
  data jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  region varchar(20) not null,
  -- `webhook`, or `reconciliation` when the portal asked the provider after a failover
  source varchar(20) not null check (source in ('webhook', 'reconciliation')),
  primary key (provider, event_id)
);
create index telephony_events_call on portal.telephony_events (provider, provider_call_id, sequence);

create table portal.telephony_commands (
  command_id uuid primary key,
  provider varchar(20) not null,
  provider_call_id varchar(100) not null,
  call_id uuid not null,
  command jsonb not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  was_applied boolean,
  attempts int not null default 0
);
create index telephony_commands_open on portal.telephony_commands (created_at, command_id) where finished_at is null;

alter table portal.telephony_events enable row level security;
alter table portal.telephony_commands enable row level security;
create policy telephony_events_system on portal.telephony_events to careline_app
  using ((select portal.is_system())) with check ((select portal.is_system()));
create policy telephony_commands_system on portal.telephony_commands to careline_app
  using ((select portal.is_system()));
create policy telephony_commands_add on portal.telephony_commands for insert to careline_app
  with check ((select portal.is_system())
    or exists (select 1 from portal.call_logs c where c.call_id = telephony_commands.call_id));
grant select, insert on portal.telephony_events to careline_app;
grant select, insert, update, delete on portal.telephony_commands to careline_app;
