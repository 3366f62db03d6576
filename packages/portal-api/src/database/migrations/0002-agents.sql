-- does not break running code
-- Teams and agents (HCC-DB-01, HCC-DB-02). Identifiers are UUIDv7 made by the application. Codes for the catalogue's
-- names: EastUS2 = east, WestUS2 = west; Agent, Supervisor, Manager, Admin and Active, OnBreak, Offline, Terminated in snake case.
create table teams (
  team_id uuid primary key,
  name varchar(100) not null unique,
  created_date timestamptz not null default now()
);

create table agents (
  agent_id uuid primary key,
  -- Subject of the identity provider.
  azure_ad_object_id varchar(255) not null unique,
  email varchar(255) not null,
  first_name varchar(100) not null,
  last_name varchar(100) not null,
  employee_id varchar(50) unique,
  role varchar(50) not null default 'agent' check (role in ('agent', 'supervisor', 'manager', 'admin')),
  team_id uuid references teams,
  permissions text[] not null default '{}',
  primary_location varchar(50) not null default 'east' check (primary_location in ('east', 'west')),
  hire_date date,
  status varchar(20) not null default 'offline' check (status in ('active', 'on_break', 'offline', 'terminated')),
  last_login_date timestamptz,
  last_login_region varchar(20) check (last_login_region in ('east', 'west')),
  created_date timestamptz not null default now(),
  modified_date timestamptz,
  version integer not null default 1
);
create unique index agents_email on agents (lower(email));
create index agents_team on agents (team_id, agent_id);

alter table teams enable row level security;
alter table agents enable row level security;
grant select on teams, agents to careline_app;
grant update (last_login_date, last_login_region, status, modified_date, version) on agents to careline_app;

-- Names of teams are known to whoever is signed in.
create policy teams_read on teams for select to careline_app
  using ((select portal.current_agent()) is not null or (select portal.is_system()));

-- Oneself; one's team for those who supervise it; everybody for managers, admins and the portal's own loops.
create policy agents_read on agents for select to careline_app
  using (
    agent_id = (select portal.current_agent())
    or (team_id = (select portal.current_team()) and (select portal.is_supervising()))
    or (select portal.current_role_code()) in ('manager', 'admin', 'system')
  );
create policy agents_update on agents for update to careline_app
  using (
    agent_id = (select portal.current_agent())
    or (team_id = (select portal.current_team()) and (select portal.is_supervising()))
    or (select portal.current_role_code()) in ('manager', 'admin', 'system')
  );
