-- breaks running code: no
-- Callbacks: an outbound call is dialled for a task, linked to the call that the task came from, and its result comes back to the task.

alter table portal.programmes add column caller_id varchar(20) check (caller_id ~ '^\+[0-9]{7,15}$');

alter table portal.call_logs
  add column task_id uuid references portal.tasks,
  add column original_call_id uuid references portal.call_logs,
  add check ((task_id is null) = (original_call_id is null));
create index call_logs_task on portal.call_logs (task_id) where task_id is not null;

alter table portal.tasks
  add column attempts int not null default 0 check (attempts >= 0),
  add column last_attempt_at timestamptz,
  -- The attempt whose outcome nobody has recorded yet; null when there is nothing to decide.
  add column undecided_call_id uuid references portal.call_logs,
  add column last_result varchar(20) check (last_result in ('dialling', 'on_line', 'answered', 'no_answer', 'voicemail'));

-- What became of the call is written to its task by the database, whoever moved the call (agent, carrier, reconciliation).
create function portal.tell_task_of_call() returns trigger language plpgsql
  security definer set search_path = portal, pg_temp as $$
begin
  update portal.tasks t
     set last_result = case new.state when 'connected' then 'on_line' when 'voicemail' then 'voicemail'
                                      when 'missed' then 'no_answer' else 'answered' end,
         version = t.version + 1, modified_date = now()
   where t.task_id = new.task_id and t.undecided_call_id = new.call_id;
  return null;
end $$;
create trigger tell_task_of_call after update of state on portal.call_logs for each row
  when (new.task_id is not null and old.state <> new.state
        and new.state in ('connected', 'voicemail', 'missed', 'wrapping'))
  execute function portal.tell_task_of_call();

-- People who asked not to be called by a programme. Read through the functions below only: a list of numbers is nobody's business.
create table portal.do_not_call (
  phone_digits varchar(10) collate "C" not null check (phone_digits ~ '^[0-9]{7,10}$'),
  programme_id uuid not null references portal.programmes,
  since timestamptz not null,
  agent_id uuid not null references portal.agents,
  primary key (phone_digits, programme_id)
);
alter table portal.do_not_call enable row level security;
create policy do_not_call_add on portal.do_not_call for insert to careline_app
  with check (agent_id = (select portal.current_agent()));
grant insert on portal.do_not_call to careline_app;

create function portal.is_do_not_call(p_phone text, p_programme_id uuid) returns boolean
  language sql stable security definer set search_path = portal, pg_temp as $$
  select exists (select 1 from portal.do_not_call d
    where d.phone_digits = right(regexp_replace(p_phone, '\D', '', 'g'), 10) and d.programme_id = p_programme_id)
$$;

-- What has to be minded before the patients of a task are called (45 CFR 164.522(b)), for whom the task is visible: the states they
-- live in and how they want to be reached. Nothing else of the record.
create function portal.callback_callee(p_task_id uuid) returns table (states text[], safe_contacts text[])
  language sql stable security definer set search_path = portal, pg_temp as $$
  select coalesce(array_agg(distinct p.state::text) filter (where p.state is not null), '{}'),
         coalesce(array_agg(distinct p.safe_contact::text) filter (where p.safe_contact is not null), '{}')
    from portal.tasks t
    join portal.call_patients l on l.call_id = t.call_id
    join portal.patients p on p.patient_id = l.patient_id
   where t.task_id = p_task_id
     and portal.fn_agent_access_predicate(t.agent_id, null, t.team_id, t.programme_id)
$$;
revoke all on function portal.is_do_not_call(text, uuid), portal.callback_callee(uuid), portal.tell_task_of_call() from public;
grant execute on function portal.is_do_not_call(text, uuid), portal.callback_callee(uuid) to careline_app;
