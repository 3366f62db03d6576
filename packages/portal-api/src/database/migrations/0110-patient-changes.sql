-- breaks running code: no
-- Corrections of a patient's demographics (HCC-POR-08): who, when, why, which fields, and what stood there before. The application
-- adds a row through the function only, and reads everything of it but the old values, which hold what is masked elsewhere.

create table portal.patient_changes (
  patient_id uuid not null references portal.patients,
  -- The version that the correction made.
  version bigint not null check (version > 1),
  agent_id uuid not null references portal.agents,
  reason varchar(500) not null check (length(reason) >= 10),
  fields text[] not null check (cardinality(fields) > 0),
  before jsonb not null,
  changed_at timestamptz not null,
  region varchar(20),
  primary key (patient_id, version)
);
alter table portal.patient_changes enable row level security;
create policy patient_changes_opened on portal.patient_changes for select to careline_app
  using (exists (select 1 from portal.patient_openings o
                  where o.agent_id = (select portal.current_agent())
                    and o.patient_id = patient_changes.patient_id and o.expires_at > now()));
grant select (patient_id, version, agent_id, reason, fields, changed_at, region) on portal.patient_changes to careline_app;

-- Called before the update, in its transaction. `p_columns` are names of columns, in the order of `p_fields`, the contract's names.
-- SQLSTATE CL403: the patient is not open.
create function portal.record_patient_change(p_patient_id uuid, p_version bigint, p_fields text[], p_columns text[],
    p_reason text, p_at timestamptz) returns void
  language plpgsql volatile security definer set search_path = portal, pg_temp as $$
begin
  if not exists (select 1 from portal.patient_openings o where o.agent_id = portal.current_agent()
      and o.patient_id = p_patient_id and o.expires_at > now()) then
    raise exception 'patient is not open' using errcode = 'CL403';
  end if;
  insert into portal.patient_changes (patient_id, version, agent_id, reason, fields, before, changed_at, region)
    select p.patient_id, p_version, portal.current_agent(), p_reason, p_fields,
           (select jsonb_object_agg(each.key, each.value) from jsonb_each(to_jsonb(p)) each where each.key = any (p_columns)),
           p_at, portal.current_site()
      from portal.patients p where p.patient_id = p_patient_id;
end $$;
revoke all on function portal.record_patient_change(uuid, bigint, text[], text[], text, timestamptz) from public;
grant execute on function portal.record_patient_change(uuid, bigint, text[], text[], text, timestamptz) to careline_app;
