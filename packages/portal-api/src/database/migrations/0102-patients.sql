-- breaks running code: no
-- Who may see a patient (HCC-DB-03, HCC-SEC-02..07): opened for a call, a task or a reason, for a limited time. The
-- application's role reads neither e-mail, phone, SSN nor policy number of any row; functions of the owner give them out.

create table portal.patient_openings (
  opening_id uuid primary key,
  agent_id uuid not null references portal.agents,
  patient_id uuid not null references portal.patients,
  because varchar(10) not null check (because in ('call', 'task', 'reason', 'created')),
  call_id uuid references portal.call_logs,
  task_id uuid references portal.tasks,
  reason varchar(500),
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  check (because <> 'reason' or reason is not null),
  check (because <> 'call' or call_id is not null),
  check (because <> 'task' or task_id is not null),
  check (expires_at <= opened_at + interval '12 hours')
);
create index patient_openings_agent on portal.patient_openings (agent_id, patient_id, expires_at);

create table portal.patient_verifications (
  call_id uuid not null references portal.call_logs,
  patient_id uuid not null references portal.patients,
  wrong_answers int not null default 0,
  identifiers text[] not null default '{}',
  verified_at timestamptz,
  verified_by_agent_id uuid references portal.agents,
  primary key (call_id, patient_id),
  check (verified_at is null or cardinality(identifiers) >= 2)
);

create table portal.patient_unmaskings (
  unmasking_id uuid primary key,
  agent_id uuid not null references portal.agents,
  patient_id uuid not null references portal.patients,
  field varchar(30) not null check (field in ('ssn', 'insurance_policy_number', 'email', 'phone')),
  reason varchar(500) not null check (length(reason) >= 10),
  unmasked_at timestamptz not null,
  expires_at timestamptz not null check (expires_at <= unmasked_at + interval '10 minutes')
);

-- One row per search, written before the search looks at anything. Not what was searched: only by what.
create table portal.patient_searches (
  search_id uuid primary key default gen_random_uuid(),
  agent_id uuid not null,
  session_id uuid,
  searched_by varchar(20) not null,
  searched_at timestamptz not null default clock_timestamp(),
  region varchar(20)
);
create index patient_searches_agent on portal.patient_searches (agent_id, searched_at);

alter table portal.patients enable row level security;
alter table portal.patient_openings enable row level security;
alter table portal.patient_verifications enable row level security;
alter table portal.patient_unmaskings enable row level security;
alter table portal.patient_searches enable row level security;

create policy patient_openings_own on portal.patient_openings for select to careline_app
  using (agent_id = (select portal.current_agent()));
create policy patient_openings_add on portal.patient_openings for insert to careline_app
  with check (
    agent_id = (select portal.current_agent())
    and (call_id is null or exists (select 1 from portal.call_logs c where c.call_id = patient_openings.call_id))
    and (task_id is null or exists (select 1 from portal.tasks t where t.task_id = patient_openings.task_id)));
create policy patient_verifications_policy on portal.patient_verifications to careline_app
  using (exists (select 1 from portal.call_logs c where c.call_id = patient_verifications.call_id))
  with check (exists (select 1 from portal.call_logs c where c.call_id = patient_verifications.call_id));

create policy patients_opened on portal.patients for select to careline_app
  using (exists (select 1 from portal.patient_openings o
                  where o.agent_id = (select portal.current_agent())
                    and o.patient_id = patients.patient_id and o.expires_at > now()));
create policy patients_create on portal.patients for insert to careline_app
  with check ((select portal.current_role_code()) in ('agent', 'supervisor'));
create policy patients_change on portal.patients for update to careline_app
  using (exists (select 1 from portal.patient_openings o
                  where o.agent_id = (select portal.current_agent())
                    and o.patient_id = patients.patient_id and o.expires_at > now()));

grant select (patient_id, mrn, first_name, last_name, date_of_birth, sex, address, city, state, zip_code,
  insurance_provider, preferred_language, safe_contact, is_identified, is_restricted, merged_into, version,
  created_date, modified_date, email_masked, phone_masked, has_ssn, has_insurance_policy_number)
  on portal.patients to careline_app;
grant insert on portal.patients to careline_app;
grant update (first_name, last_name, first_name_key, last_name_key, date_of_birth, sex, email, phone, phone_digits,
  address, city, state, zip_code, insurance_provider, preferred_language, safe_contact, is_identified, version,
  modified_date) on portal.patients to careline_app;
grant select, insert on portal.patient_openings to careline_app;
grant select, insert, update on portal.patient_verifications to careline_app;

-- Names and record numbers of the patients linked to a call, for whom the call is visible.
create view portal.call_patient_names as
  select l.call_id, l.patient_id, (p.first_name || ' ' || p.last_name)::text as display_name, p.mrn::text as mrn,
         v.verified_at, l.linked_at
    from portal.call_patients l
    join portal.patients p on p.patient_id = l.patient_id
    join portal.call_logs c on c.call_id = l.call_id
    left join portal.patient_verifications v on v.call_id = l.call_id and v.patient_id = l.patient_id
   where portal.fn_agent_access_predicate(c.agent_id, c.other_agent_id, c.team_id, c.programme_id);
grant select on portal.call_patient_names to careline_app;

-- A number for a patient who has none (note of HCC-DB-03). A gap after a failover is possible, a repeat is not: the log record
-- that advances the sequence precedes the commit that uses the number.
create sequence portal.unidentified_mrn_seq;
grant usage on sequence portal.unidentified_mrn_seq to careline_app;

-- Search crosses row-level security on purpose (portal.md, "Roles and authority"): at most 20 minimal masked rows, the
-- searcher's row first, 30 a minute. Ranges instead of LIKE, so that the index serves whatever the session's role.
-- SQLSTATE CL403: role may not search; CL429: too many searches.
create function portal.search_patients(p_by text, p_first text, p_second text, p_date date)
  returns table (patient_id uuid, first_name text, last_name text, birth_year int, mrn text,
                 phone_last_four text, is_restricted boolean, is_truncated boolean)
  language plpgsql volatile security definer rows 20
  set search_path = portal, pg_temp
  as $$
#variable_conflict use_column
declare
  top constant text := chr(1114111);
begin
  if portal.current_agent() is null or portal.current_role_code() not in ('agent', 'supervisor') then
    raise exception 'role may not search' using errcode = 'CL403';
  end if;
  if (select count(*) from (select 1 from portal.patient_searches s
        where s.agent_id = portal.current_agent()
          and s.searched_at > clock_timestamp() - interval '1 minute' limit 30) recent) >= 30 then
    raise exception 'too many searches' using errcode = 'CL429';
  end if;
  -- An emergency read runs read-only; its audit row goes to the spool.
  if current_setting('transaction_read_only') = 'off' then
    insert into portal.patient_searches (agent_id, session_id, searched_by, region)
      values (portal.current_agent(), portal.current_session(), p_by, portal.current_site());
  end if;

  if p_by = 'name' and p_second is null then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where p.last_name_key >= p_first and p.last_name_key < p_first || top
             order by p.last_name_key, p.first_name_key, p.patient_id limit 21) h limit 20;
  elsif p_by = 'name' then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where p.last_name_key >= p_first and p.last_name_key < p_first || top
               and p.first_name_key >= p_second and p.first_name_key < p_second || top
             order by p.last_name_key, p.first_name_key, p.patient_id limit 21) h limit 20;
  elsif p_by = 'mrn' then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where upper(p.mrn) collate "C" >= upper(p_first) collate "C"
               and upper(p.mrn) collate "C" < (upper(p_first) || top) collate "C"
             order by upper(p.mrn) collate "C" limit 21) h limit 20;
  elsif p_by = 'phone' then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where p.phone_digits = p_first
             order by p.patient_id limit 21) h limit 20;
  elsif p_by = 'email' then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where lower(p.email) collate "C" = lower(p_first) collate "C"
             order by p.patient_id limit 21) h limit 20;
  elsif p_by = 'birth_date' then
    return query select h.patient_id, h.first_name::text, h.last_name::text, extract(year from h.date_of_birth)::int,
        h.mrn::text, right(h.phone_digits, 4)::text, h.is_restricted, count(*) over () > 20
      from (select * from portal.patients p where p.date_of_birth = p_date
               and p.last_name_key >= coalesce(p_first, '') and p.last_name_key < coalesce(p_first, '') || top
             order by p.last_name_key, p.patient_id limit 21) h limit 20;
  else
    raise exception 'unknown kind of search' using errcode = 'CL403';
  end if;
end $$;

-- Whether a record exists and is restricted, without opening it.
create function portal.patient_exists(p_patient_id uuid) returns table (is_restricted boolean, mrn text)
  language sql stable security definer set search_path = portal, pg_temp as $$
  select p.is_restricted, p.mrn::text from portal.patients p
   where p.patient_id = p_patient_id
     and portal.current_role_code() in ('agent', 'supervisor')
$$;

-- Comparisons of what is never shown. True only for an opened patient.
create function portal.patient_phone_matches(p_patient_id uuid, p_digits text) returns boolean
  language sql stable security definer set search_path = portal, pg_temp as $$
  select coalesce((select p.phone_digits = p_digits from portal.patients p
    where p.patient_id = p_patient_id and exists (select 1 from portal.patient_openings o
      where o.agent_id = portal.current_agent() and o.patient_id = p.patient_id and o.expires_at > now())), false)
$$;
create function portal.patient_ssn_matches(p_patient_id uuid, p_index text) returns boolean
  language sql stable security definer set search_path = portal, pg_temp as $$
  select coalesce((select p.ssn_last_four_index = p_index from portal.patients p
    where p.patient_id = p_patient_id and exists (select 1 from portal.patient_openings o
      where o.agent_id = portal.current_agent() and o.patient_id = p.patient_id and o.expires_at > now())), false)
$$;

-- A masked number can be dialled without being seen: the portal passes it to the carrier only.
create function portal.patient_phone_to_dial(p_patient_id uuid) returns text
  language sql stable security definer set search_path = portal, pg_temp as $$
  select p.phone::text from portal.patients p
   where p.patient_id = p_patient_id and exists (select 1 from portal.patient_openings o
     where o.agent_id = portal.current_agent() and o.patient_id = p.patient_id and o.expires_at > now())
$$;

-- One field, with a reason, for ten minutes. Answers what is stored: the sealed text for SSN and policy number.
create function portal.unmask_patient_field(p_unmasking_id uuid, p_patient_id uuid, p_field text, p_reason text, p_at timestamptz)
  returns text language plpgsql volatile security definer set search_path = portal, pg_temp as $$
declare
  found_value text;
begin
  if not exists (select 1 from portal.patient_openings o where o.agent_id = portal.current_agent()
      and o.patient_id = p_patient_id and o.expires_at > now()) then
    raise exception 'patient is not open' using errcode = 'CL403';
  end if;
  insert into portal.patient_unmaskings (unmasking_id, agent_id, patient_id, field, reason, unmasked_at, expires_at)
    values (p_unmasking_id, portal.current_agent(), p_patient_id, p_field, p_reason, p_at, p_at + interval '10 minutes');
  select case p_field when 'ssn' then p.ssn when 'insurance_policy_number' then p.insurance_policy_number
      when 'email' then p.email when 'phone' then p.phone end
    into found_value from portal.patients p where p.patient_id = p_patient_id;
  return found_value;
end $$;

revoke all on function portal.search_patients(text, text, text, date), portal.patient_exists(uuid),
  portal.patient_phone_matches(uuid, text), portal.patient_ssn_matches(uuid, text),
  portal.patient_phone_to_dial(uuid), portal.unmask_patient_field(uuid, uuid, text, text, timestamptz) from public;
grant execute on function portal.search_patients(text, text, text, date), portal.patient_exists(uuid),
  portal.patient_phone_matches(uuid, text), portal.patient_ssn_matches(uuid, text),
  portal.patient_phone_to_dial(uuid), portal.unmask_patient_field(uuid, uuid, text, text, timestamptz) to careline_app;
