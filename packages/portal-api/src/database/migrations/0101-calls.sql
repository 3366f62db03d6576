-- breaks running code: no
-- Call log (HCC-DB-04, HCC-DB-05), its life, notes (HCC-DB-08), caller, screen, tasks.

create table portal.patients (
  patient_id uuid primary key,
  mrn varchar(50) not null,
  first_name varchar(100) not null default '',
  last_name varchar(100) not null default '',
  -- Written by the application: lower case, without accents; C collation so that a range is a prefix.
  first_name_key varchar(100) collate "C" not null default '',
  last_name_key varchar(100) collate "C" not null default '',
  date_of_birth date,
  sex varchar(10) not null default 'unknown' check (sex in ('female', 'male', 'other', 'unknown')),
  -- JWE, and a keyed hash of patient and last four digits
  ssn text,
  ssn_last_four_index char(64),
  email varchar(255),
  phone varchar(20),
  -- Digits only, the last ten at most: what a number is searched by.
  phone_digits varchar(10) collate "C" check (phone_digits ~ '^[0-9]{7,10}$'),
  address text,
  city varchar(100),
  state char(2),
  zip_code varchar(10),
  insurance_provider varchar(100),
  insurance_policy_number text,
  preferred_language varchar(50),
  safe_contact varchar(500),
  is_identified boolean not null default true,
  is_restricted boolean not null default false,
  merged_into uuid references portal.patients,
  -- What the application's role may read of them (HCC-SEC-02..04).
  email_masked varchar(255) generated always as (
    left(email, 1) || 'XXX@XXXX' || coalesce(substring(email from '\.[^.@]+$'), '')) stored,
  phone_masked varchar(20) generated always as ('XXX-XXX-' || right(phone_digits, 4)) stored,
  has_ssn boolean generated always as (ssn is not null) stored,
  has_insurance_policy_number boolean generated always as (insurance_policy_number is not null) stored,
  version bigint not null default 1,
  created_date timestamptz not null default now(),
  modified_date timestamptz
);
-- HCC-SQL-06: record numbers and e-mail addresses are equal without regard to case.
create unique index ix_patients_mrn on portal.patients (upper(mrn) collate "C");
create index ix_patients_name on portal.patients (last_name_key, first_name_key, patient_id);
create index ix_patients_phone on portal.patients (phone_digits, patient_id);
create index ix_patients_birth on portal.patients (date_of_birth, last_name_key, patient_id);
create index ix_patients_email on portal.patients (lower(email) collate "C", patient_id);

create table portal.call_logs (
  call_id uuid primary key,
  patient_id uuid references portal.patients,
  agent_id uuid references portal.agents,
  call_start_time timestamptz not null default now(),
  call_end_time timestamptz,
  call_duration int check (call_duration >= 0),
  call_type varchar(50) not null check (call_type in ('inbound', 'outbound')),
  call_reason varchar(100)
    check (call_reason in ('appointment', 'billing', 'medical_records', 'adverse_event', 'general')),
  call_status varchar(50)
    check (call_status in ('completed', 'transferred', 'abandoned', 'voicemail')),
  caller_phone_number varchar(20),
  recording_url varchar(500),
  recording_region varchar(20),
  transcript text,
  resolution text,
  follow_up_required boolean not null default false,
  follow_up_date timestamptz,
  satisfaction_rating int check (satisfaction_rating between 1 and 5),
  caller_ip varchar(50),
  -- Dialled from a patient's record without being seen: shown masked to everyone.
  is_number_hidden boolean not null default false,
  agent_region varchar(20),
  created_date timestamptz not null default now(),
  modified_date timestamptz,

  state varchar(20) not null
    check (state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced',
                     'wrapping', 'closed', 'abandoned', 'voicemail', 'missed')),
  version bigint not null default 1,
  provider varchar(20) not null,
  provider_call_id varchar(100) not null,
  -- Number of the last provider event applied: an older one changes nothing.
  provider_sequence int not null default 0,
  queue_id uuid references portal.queues,
  programme_id uuid references portal.programmes,
  team_id uuid references portal.teams,
  other_agent_id uuid references portal.agents,
  has_other_joined boolean not null default false,
  language varchar(20) not null default 'en',
  priority int not null default 5 check (priority between 1 and 5),
  stated_reason varchar(100),
  queued_at timestamptz,
  preferred_agent_id uuid references portal.agents,
  connected_at timestamptz,
  wrap_up_due_at timestamptz,
  wrap_up_code varchar(50),
  continues_call_id uuid references portal.call_logs,
  -- A hand-over the routing loop still has to carry out.
  pending_transfer varchar(20) check (pending_transfer in ('blind', 'consult', 'complete', 'release')),
  transfer_agent_id uuid references portal.agents,

  check (state not in ('ringing', 'connected', 'held', 'consulting', 'conferenced', 'wrapping', 'closed')
         or agent_id is not null),
  check (call_end_time is null or call_end_time >= call_start_time),
  check (state not in ('closed', 'abandoned', 'voicemail', 'missed') or call_status is not null)
);
create index ix_call_logs_patient on portal.call_logs (patient_id);
create index ix_call_logs_agent on portal.call_logs (agent_id, call_start_time desc, call_id desc);
create index ix_call_logs_start_time on portal.call_logs (call_start_time desc, call_id desc);
create index ix_call_logs_team on portal.call_logs (team_id, call_start_time desc, call_id desc);
create index ix_call_logs_queue_day on portal.call_logs (queue_id, call_start_time);
-- The queue: longest waiting first within a priority.
create index call_logs_waiting on portal.call_logs (priority, queued_at, call_id) where state = 'offered';
create index call_logs_live on portal.call_logs (queue_id, state, queued_at)
  where state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced');
create index call_logs_pending on portal.call_logs (call_id) where pending_transfer is not null;
create index call_logs_wrap_up_due on portal.call_logs (wrap_up_due_at) where state = 'wrapping';
-- No caller is in two hands, and no agent speaks with two callers.
create unique index call_logs_one_live_record on portal.call_logs (provider, provider_call_id)
  where state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced');
create unique index call_logs_one_live_call on portal.call_logs (agent_id)
  where state in ('ringing', 'connected', 'held', 'consulting', 'conferenced');

create table portal.call_transitions (
  from_state varchar(20) not null,
  to_state varchar(20) not null,
  primary key (from_state, to_state)
);
insert into portal.call_transitions (from_state, to_state) values
  ('offered', 'ringing'), ('offered', 'connected'), ('offered', 'abandoned'), ('offered', 'voicemail'),
  ('ringing', 'offered'), ('ringing', 'connected'), ('ringing', 'missed'), ('ringing', 'voicemail'),
  ('connected', 'held'), ('connected', 'consulting'), ('connected', 'wrapping'),
  ('held', 'connected'), ('held', 'consulting'), ('held', 'wrapping'),
  ('consulting', 'connected'), ('consulting', 'held'), ('consulting', 'conferenced'), ('consulting', 'wrapping'),
  ('conferenced', 'connected'), ('conferenced', 'wrapping'),
  ('wrapping', 'closed');

create table portal.call_screens (
  call_id uuid primary key references portal.call_logs,
  adverse_event boolean not null,
  product_complaint boolean not null,
  pregnancy boolean not null,
  medication_error boolean not null,
  lack_of_effect boolean not null,
  answered_at timestamptz not null,
  answered_by_agent_id uuid not null references portal.agents
);

-- The second holder of the call's life (the first is call-state.ts; a test compares both).
create function portal.check_call_transition() returns trigger language plpgsql
  set search_path = portal, pg_temp as $$
begin
  if new.state <> old.state then
    if not exists (select 1 from portal.call_transitions t
                    where t.from_state = old.state and t.to_state = new.state) then
      raise exception 'call % cannot go from % to %', old.call_id, old.state, new.state
        using errcode = 'CL409';
    end if;
    if new.state = 'closed'
       and not exists (select 1 from portal.call_screens s where s.call_id = new.call_id) then
      raise exception 'call % has no screen', old.call_id using errcode = 'CL410';
    end if;
  end if;
  new.version := old.version + 1;
  new.modified_date := now();
  return new;
end $$;
create trigger call_transition before update on portal.call_logs
  for each row execute function portal.check_call_transition();

-- HCC-SEC-09: the predicate of isolation. Session values are set per transaction; `system` is the portal's own loops.
create function portal.fn_agent_access_predicate(p_agent_id uuid, p_other_agent_id uuid, p_team_id uuid, p_programme_id uuid)
  returns boolean language sql stable parallel safe as $$
  select case portal.current_role_code()
    when 'system' then true
    when 'agent' then p_agent_id = portal.current_agent() or p_other_agent_id = portal.current_agent()
    when 'supervisor' then p_agent_id = portal.current_agent() or p_other_agent_id = portal.current_agent()
      or p_team_id = portal.current_team()
    when 'manager' then p_programme_id = any (portal.current_programmes())
    else false
  end is true
$$;

create table portal.callers (
  call_id uuid primary key references portal.call_logs,
  name varchar(200),
  relationship varchar(30) not null default 'unknown',
  authority jsonb not null default '{"kind": "none"}',
  safe_contact varchar(500),
  version bigint not null default 1,
  modified_date timestamptz
);

create table portal.call_patients (
  call_id uuid not null references portal.call_logs,
  patient_id uuid not null references portal.patients,
  linked_at timestamptz not null,
  linked_by_agent_id uuid not null references portal.agents,
  primary key (call_id, patient_id)
);
create index call_patients_patient on portal.call_patients (patient_id);

create table portal.call_notes (
  note_id uuid primary key,
  call_id uuid not null references portal.call_logs,
  agent_id uuid not null references portal.agents,
  note_text text not null,
  note_type varchar(50) not null
    check (note_type in ('general', 'medical', 'billing', 'compliance', 'escalation')),
  noted_at timestamptz not null default now(),
  region varchar(20) not null,
  redacted_card_numbers int not null default 0
);
create index ix_call_notes_call on portal.call_notes (call_id, noted_at, note_id);

create table portal.call_note_drafts (
  call_id uuid not null references portal.call_logs,
  agent_id uuid not null references portal.agents,
  note_text text not null,
  note_type varchar(50) not null
    check (note_type in ('general', 'medical', 'billing', 'compliance', 'escalation')),
  revision int not null,
  saved_at timestamptz not null,
  primary key (call_id, agent_id)
);

create table portal.call_timeline (
  entry_id uuid primary key,
  call_id uuid not null references portal.call_logs,
  happened_at timestamptz not null,
  kind varchar(40) not null,
  agent_id uuid references portal.agents,
  region varchar(20) not null
);
create index call_timeline_call on portal.call_timeline (call_id, happened_at, entry_id);

create table portal.tasks (
  task_id uuid primary key,
  call_id uuid not null references portal.call_logs,
  kind varchar(30) not null check (kind in ('follow_up', 'callback', 'screen_without_case')),
  state varchar(10) not null default 'open' check (state in ('open', 'done')),
  due_at timestamptz not null,
  instruction varchar(500) not null,
  outcome varchar(500),
  agent_id uuid references portal.agents,
  team_id uuid references portal.teams,
  programme_id uuid references portal.programmes,
  version bigint not null default 1,
  created_date timestamptz not null default now(),
  modified_date timestamptz
);
create index tasks_open on portal.tasks (due_at, task_id) where state = 'open';
create index tasks_call on portal.tasks (call_id);
create unique index tasks_one_missing_case on portal.tasks (call_id)
  where kind = 'screen_without_case' and state = 'open';

create table portal.call_offers (
  offer_id uuid primary key,
  call_id uuid not null references portal.call_logs,
  agent_id uuid not null references portal.agents,
  origin varchar(10) not null check (origin in ('queue', 'transfer', 'again')),
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  term bigint not null,
  outcome varchar(10) check (outcome in ('accepted', 'missed', 'declined', 'withdrawn')),
  -- timed_out, caller_left, failover, or declined_<reason>
  because varchar(40),
  -- Kept here, because a call that was missed is another agent's afterwards.
  queue_name varchar(200),
  ended_at timestamptz,
  check ((outcome is null) = (ended_at is null))
);
-- A caller rings at one agent, and one call rings at an agent.
create unique index call_offers_one_per_call on portal.call_offers (call_id) where outcome is null;
create unique index call_offers_one_per_agent on portal.call_offers (agent_id) where outcome is null;
create index call_offers_agent on portal.call_offers (agent_id, offered_at desc);
create index call_offers_call on portal.call_offers (call_id, offered_at desc);

alter table portal.call_logs enable row level security;
alter table portal.callers enable row level security;
alter table portal.call_patients enable row level security;
alter table portal.call_notes enable row level security;
alter table portal.call_note_drafts enable row level security;
alter table portal.call_timeline enable row level security;
alter table portal.call_screens enable row level security;
alter table portal.tasks enable row level security;
alter table portal.call_offers enable row level security;

-- HCC-SEC-10 with its note: filter and check.
create policy agent_call_log_policy on portal.call_logs to careline_app
  using (portal.fn_agent_access_predicate(agent_id, other_agent_id, team_id, programme_id))
  with check ((select portal.is_system()) or agent_id = (select portal.current_agent())
    or other_agent_id = (select portal.current_agent()));

-- What hangs on a call is seen by whom the call is seen (the inner select is filtered too).
create policy callers_policy on portal.callers to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = callers.call_id));
create policy call_patients_read on portal.call_patients for select to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = call_patients.call_id));
create policy call_patients_add on portal.call_patients for insert to careline_app
  with check (exists (select 1 from portal.call_logs c where c.call_id = call_patients.call_id)
    and ((select portal.is_system()) or linked_by_agent_id = (select portal.current_agent())));
create policy call_notes_read on portal.call_notes for select to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = call_notes.call_id));
create policy call_notes_add on portal.call_notes for insert to careline_app
  with check (agent_id = (select portal.current_agent())
    and exists (select 1 from portal.call_logs c where c.call_id = call_notes.call_id));
create policy call_note_drafts_own on portal.call_note_drafts to careline_app
  using (agent_id = (select portal.current_agent()))
  with check (agent_id = (select portal.current_agent())
    and exists (select 1 from portal.call_logs c where c.call_id = call_note_drafts.call_id));
create policy call_timeline_read on portal.call_timeline for select to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = call_timeline.call_id));
create policy call_timeline_add on portal.call_timeline for insert to careline_app
  with check (exists (select 1 from portal.call_logs c where c.call_id = call_timeline.call_id));
create policy call_screens_policy on portal.call_screens to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = call_screens.call_id))
  with check (answered_by_agent_id = (select portal.current_agent())
    and exists (select 1 from portal.call_logs c where c.call_id = call_screens.call_id));
create policy tasks_policy on portal.tasks to careline_app
  using (portal.fn_agent_access_predicate(agent_id, null, team_id, programme_id))
  with check ((select portal.is_system())
    or portal.fn_agent_access_predicate(agent_id, null, team_id, programme_id));
create policy call_offers_policy on portal.call_offers to careline_app
  using ((select portal.is_system()) or agent_id = (select portal.current_agent()));

grant select, insert, update on portal.call_logs, portal.callers, portal.call_screens,
  portal.tasks, portal.call_offers to careline_app;
grant select, insert, update, delete on portal.call_note_drafts to careline_app;
-- Notes, links and timeline are never changed, by nobody.
grant select, insert on portal.call_patients, portal.call_notes, portal.call_timeline to careline_app;
grant select on portal.call_transitions to careline_app;

-- Names of colleagues for whoever is signed in; the rest of an agent's row stays with agents_read.
create view portal.agent_names as
  select a.agent_id, (a.first_name || ' ' || a.last_name)::text as display_name, a.team_id, t.name as team_name
    from portal.agents a left join portal.teams t on t.team_id = a.team_id
   where portal.current_role_code() is not null;
grant select on portal.agent_names to careline_app;
