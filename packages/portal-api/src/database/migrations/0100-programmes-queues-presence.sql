-- breaks running code: no
-- Programmes (on whose behalf a queue answers), queues, skills, live state of agents.

create table portal.programmes (
  programme_id uuid primary key,
  code varchar(50) not null unique,
  name varchar(200) not null,
  greeting text not null default '',
  script text[] not null default '{}',
  products text[] not null default '{}',
  languages text[] not null default '{en}',
  created_date timestamptz not null default now(),
  modified_date timestamptz
);

create table portal.queues (
  queue_id uuid primary key,
  programme_id uuid not null references portal.programmes,
  code varchar(50) not null unique,
  name varchar(200) not null,
  skill varchar(40) not null,
  skill_level_min int not null default 1 check (skill_level_min between 1 and 5),
  offer_timeout_seconds int not null default 20 check (offer_timeout_seconds between 5 and 120),
  wrap_up_seconds int not null default 120 check (wrap_up_seconds between 0 and 3600),
  is_wrap_up_code_required boolean not null default true,
  service_level_percent int not null default 80 check (service_level_percent between 1 and 100),
  service_level_seconds int not null default 20 check (service_level_seconds > 0),
  short_abandon_seconds int not null default 5 check (short_abandon_seconds >= 0),
  -- [{weekday, fromMinute, toMinute}], empty = open day and night
  hours jsonb not null default '[]',
  zone varchar(60) not null default 'UTC',
  created_date timestamptz not null default now(),
  modified_date timestamptz
);

create table portal.queue_wrap_up_codes (
  queue_id uuid not null references portal.queues,
  code varchar(50) not null,
  label varchar(200) not null,
  position int not null default 0,
  primary key (queue_id, code)
);

create table portal.agent_programmes (
  agent_id uuid not null references portal.agents,
  programme_id uuid not null references portal.programmes,
  primary key (agent_id, programme_id)
);

create table portal.agent_skills (
  agent_id uuid not null references portal.agents,
  kind varchar(10) not null check (kind in ('language', 'skill')),
  code varchar(40) not null,
  level int not null check (level between 1 and 5),
  primary key (agent_id, kind, code)
);

-- One row per agent; the copy in Redis is rebuilt from it.
create table portal.agent_presence (
  agent_id uuid primary key references portal.agents,
  state varchar(20) not null default 'offline'
    check (state in ('available', 'offered', 'on_call', 'wrapping', 'on_break', 'offline')),
  reason varchar(40)
    check (reason in ('meal', 'short_break', 'training', 'meeting', 'coaching', 'technical',
                      'end_of_shift', 'missed_offer', 'connection_lost')),
  since timestamptz not null default now(),
  call_id uuid,
  next_state varchar(20) check (next_state in ('on_break', 'offline')),
  next_reason varchar(40),
  region varchar(20) not null default 'east',
  version bigint not null default 1,
  check (state <> 'on_break' or reason is not null),
  check ((next_state is null) = (next_reason is null)),
  check (call_id is null or state in ('offered', 'on_call', 'wrapping'))
);
create index agent_presence_available on portal.agent_presence (since, agent_id)
  where state = 'available';

alter table portal.programmes enable row level security;
alter table portal.queues enable row level security;
alter table portal.queue_wrap_up_codes enable row level security;
alter table portal.agent_programmes enable row level security;
alter table portal.agent_skills enable row level security;
alter table portal.agent_presence enable row level security;

-- Programmes are separated: staff see those they work for, an administrator all of them.
create policy programmes_read on portal.programmes for select to careline_app using (
  (select portal.current_role_code()) in ('system', 'admin') or programme_id = any ((select portal.current_programmes())::uuid[]));
create policy queues_read on portal.queues for select to careline_app using (
  (select portal.current_role_code()) in ('system', 'admin') or programme_id = any ((select portal.current_programmes())::uuid[]));
create policy wrap_up_codes_read on portal.queue_wrap_up_codes for select to careline_app using (
  exists (select 1 from portal.queues q where q.queue_id = queue_wrap_up_codes.queue_id));
create policy agent_programmes_read on portal.agent_programmes for select to careline_app using (
  (select portal.current_role_code()) in ('system', 'admin') or agent_id = (select portal.current_agent())
  or programme_id = any ((select portal.current_programmes())::uuid[]));
create policy agent_skills_read on portal.agent_skills for select to careline_app using (
  portal.current_role_code() is not null);
-- Who is free is no secret among signed-in staff; only oneself and the portal's loops change it.
create policy presence_read on portal.agent_presence for select to careline_app using (
  portal.current_role_code() is not null);
create policy presence_insert on portal.agent_presence for insert to careline_app with check (
  (select portal.is_system()) or agent_id = (select portal.current_agent()));
create policy presence_update on portal.agent_presence for update to careline_app using (
  (select portal.is_system()) or agent_id = (select portal.current_agent()));

grant select on portal.programmes, portal.queues, portal.queue_wrap_up_codes,
  portal.agent_programmes, portal.agent_skills to careline_app;
grant select, insert, update on portal.agent_presence to careline_app;
