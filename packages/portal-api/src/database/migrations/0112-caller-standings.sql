-- breaks running code: no
-- What the caller is to each patient of a call, and what gives them a right to hear about that patient (least disclosure): a mother may speak
-- about one of two children, and is herself the patient of nothing. portal.callers keeps what was said last, for forms and lists;
-- what may be disclosed follows from these rows alone, and without one nothing is.

create table portal.caller_standings (
  call_id uuid not null references portal.call_logs,
  patient_id uuid not null references portal.patients,
  relationship varchar(30) not null,
  authority jsonb not null,
  said_by_agent_id uuid references portal.agents,
  said_at timestamptz not null,
  primary key (call_id, patient_id)
);
alter table portal.caller_standings enable row level security;
create policy caller_standings_policy on portal.caller_standings to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = caller_standings.call_id))
  with check (exists (select 1 from portal.call_logs c where c.call_id = caller_standings.call_id));
grant select, insert, update on portal.caller_standings to careline_app;

-- Calls in hand go on: what was said of their caller counts for the patient who was verified first.
insert into portal.caller_standings (call_id, patient_id, relationship, authority, said_at)
  select distinct on (v.call_id) v.call_id, v.patient_id, r.relationship, r.authority, coalesce(r.modified_date, v.verified_at)
    from portal.patient_verifications v
    join portal.callers r on r.call_id = v.call_id
    join portal.call_logs c on c.call_id = v.call_id
   where v.verified_at is not null and r.relationship <> 'unknown' and c.state <> 'closed'
   order by v.call_id, v.verified_at, v.patient_id;
