-- breaks running code: no
-- Events that still have to be projected: the webhook answers after storing, one loop projects call by call. One row per event, so that
-- none is forgotten whatever the order of commits: a row is seen only when its event is.
create table portal.telephony_unprojected (
  provider varchar(20) not null,
  event_id uuid not null,
  provider_call_id varchar(100) not null,
  attempts int not null default 0,
  retry_at timestamptz not null default now(),
  primary key (provider, event_id)
);
create index telephony_unprojected_call on portal.telephony_unprojected (provider, provider_call_id);

alter table portal.telephony_unprojected enable row level security;
create policy telephony_unprojected_system on portal.telephony_unprojected to careline_app
  using ((select portal.is_system())) with check ((select portal.is_system()));
grant select, insert, update, delete on portal.telephony_unprojected to careline_app;
