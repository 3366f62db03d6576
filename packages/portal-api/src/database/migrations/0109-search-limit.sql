-- breaks running code: no
-- The limit of searches counts the last minute, and nothing that lies ahead of the clock: after a clock was set back by an hour,
-- or a take-over by a region whose clock is behind, thirty older searches refused every new one until it had caught up.

create or replace function portal.search_patients(p_by text, p_first text, p_second text, p_date date)
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
          and s.searched_at > clock_timestamp() - interval '1 minute'
          and s.searched_at <= clock_timestamp() limit 30) recent) >= 30 then
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
