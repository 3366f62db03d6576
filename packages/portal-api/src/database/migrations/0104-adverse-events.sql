-- breaks running code: no
-- Adverse events (HCC-DB-06, HCC-DB-07). The row of the catalogue is a summary; reactions and drugs are its children,
-- because seriousness belongs to each reaction (note of HCC-DB-06).

create table portal.adverse_events (
  event_id uuid primary key,
  event_number varchar(30) not null unique,
  call_id uuid not null references portal.call_logs,
  patient_id uuid references portal.patients,
  reported_by_agent_id uuid not null references portal.agents,
  event_date timestamptz,
  drug_name varchar(200),
  drug_dosage varchar(100),
  adverse_reaction text,
  severity varchar(50) check (severity in ('mild', 'moderate', 'severe', 'life_threatening')),
  outcome varchar(100)
    check (outcome in ('recovered', 'recovering', 'not_recovered', 'recovered_with_sequelae', 'fatal', 'unknown')),
  reporter_type varchar(50)
    check (reporter_type in ('patient', 'physician', 'pharmacist', 'other_health_professional', 'lawyer', 'consumer', 'other')),
  fda_report_number varchar(100),
  reported_to_fda boolean not null default false,
  report_date timestamptz,
  follow_up_required boolean not null default false,
  notes text,
  created_date timestamptz not null default now(),
  modified_date timestamptz,

  state varchar(20) not null default 'draft' check (state in ('draft', 'triage')),
  version bigint not null default 1,
  -- Day 0: when the agent heard it. The client's instant and zone are kept beside what the server's evidence allows.
  awareness_client_instant varchar(40) not null,
  awareness_zone varchar(60) not null,
  awareness_at timestamptz not null,
  awareness_day date not null,
  awareness_is_corrected boolean not null,
  patient_initials varchar(10),
  patient_age_years int check (patient_age_years between 0 and 130),
  patient_age_group varchar(20),
  patient_sex varchar(10) not null default 'unknown' check (patient_sex in ('female', 'male', 'other', 'unknown')),
  reporter_name varchar(200),
  reporter_contact varchar(200),
  is_valid boolean not null,
  is_serious boolean not null
);
create index ix_adverse_events_patient on portal.adverse_events (patient_id);
create index ix_adverse_events_drug on portal.adverse_events (drug_name);
create index adverse_events_call on portal.adverse_events (call_id);
create index adverse_events_newest on portal.adverse_events (created_date desc, event_id desc);

create table portal.adverse_event_reactions (
  reaction_id uuid primary key,
  event_id uuid not null references portal.adverse_events,
  position int not null,
  verbatim text not null,
  severity varchar(50) check (severity in ('mild', 'moderate', 'severe', 'life_threatening')),
  seriousness text[] not null default '{}' check (seriousness <@ array['death', 'life_threatening',
    'hospitalisation', 'disability', 'congenital_anomaly', 'other_medically_important']),
  outcome varchar(100) not null
    check (outcome in ('recovered', 'recovering', 'not_recovered', 'recovered_with_sequelae', 'fatal', 'unknown')),
  started_on date,
  ended_on date
);
create index adverse_event_reactions_event on portal.adverse_event_reactions (event_id, position);

create table portal.adverse_event_drugs (
  drug_id uuid primary key,
  event_id uuid not null references portal.adverse_events,
  position int not null,
  name varchar(200) not null,
  role varchar(20) not null check (role in ('suspect', 'concomitant', 'interacting')),
  dosage varchar(100),
  route varchar(100),
  indication varchar(200),
  batch_number varchar(50),
  started_on date,
  ended_on date,
  action varchar(20) not null check (action in ('withdrawn', 'reduced', 'increased', 'unchanged', 'unknown'))
);
create index adverse_event_drugs_event on portal.adverse_event_drugs (event_id, position);

-- Numbers are drawn in a `geo` commit: the log record that advances the sequence precedes that commit, so a standby that
-- confirmed the commit never draws the number again. Gaps are possible.
create sequence portal.adverse_event_number_seq;
grant usage on sequence portal.adverse_event_number_seq to careline_app;

-- A draft becomes a case under triage and never goes back; day 0 and number never change.
create function portal.check_adverse_event_change() returns trigger language plpgsql
  set search_path = portal, pg_temp as $$
begin
  if old.state <> 'draft' then
    raise exception 'adverse event % was handed over', old.event_id using errcode = 'CL409';
  end if;
  if (new.event_number, new.awareness_at, new.awareness_day, new.awareness_client_instant, new.call_id,
      new.reported_by_agent_id, new.created_date)
     is distinct from (old.event_number, old.awareness_at, old.awareness_day, old.awareness_client_instant, old.call_id,
      old.reported_by_agent_id, old.created_date) then
    raise exception 'number, day 0 and origin of % are fixed', old.event_id using errcode = 'CL409';
  end if;
  new.version := old.version + 1;
  new.modified_date := now();
  return new;
end $$;
create trigger adverse_event_change before update on portal.adverse_events
  for each row execute function portal.check_adverse_event_change();

alter table portal.adverse_events enable row level security;
alter table portal.adverse_event_reactions enable row level security;
alter table portal.adverse_event_drugs enable row level security;
create policy adverse_events_policy on portal.adverse_events to careline_app
  using (reported_by_agent_id = (select portal.current_agent())
    or (select portal.has_permission('medical_reviewer'))
    or exists (select 1 from portal.call_logs c where c.call_id = adverse_events.call_id))
  with check (reported_by_agent_id = (select portal.current_agent())
    or exists (select 1 from portal.call_logs c where c.call_id = adverse_events.call_id));
create policy adverse_event_reactions_policy on portal.adverse_event_reactions to careline_app
  using (exists (select 1 from portal.adverse_events e where e.event_id = adverse_event_reactions.event_id));
create policy adverse_event_drugs_policy on portal.adverse_event_drugs to careline_app
  using (exists (select 1 from portal.adverse_events e where e.event_id = adverse_event_drugs.event_id));
grant select, insert, update on portal.adverse_events to careline_app;
grant select, insert, update, delete on portal.adverse_event_reactions, portal.adverse_event_drugs to careline_app;
