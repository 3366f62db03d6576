-- does not break running code
-- Sessions (portal.md, "Sessions"): the row is the truth, Redis its cache. Only a hash of the cookie is kept.
create table sessions (
  session_id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  agent_id uuid not null references agents,
  signed_in_at timestamptz not null,
  signed_in_region varchar(20) not null check (signed_in_region in ('east', 'west')),
  expires_at timestamptz not null,
  -- Set: locked since. Unlocking clears it and moves unlocked_at.
  locked_at timestamptz,
  unlocked_at timestamptz,
  ended_at timestamptz,
  end_reason varchar(30) check (end_reason in ('signed_out', 'revoked', 'expired')),
  -- What the identity provider said about the factors used, e.g. 'pwd otp'.
  factors varchar(200) not null,
  check ((ended_at is null) = (end_reason is null))
);
create index sessions_agent on sessions (agent_id, signed_in_at);

-- A table of its own, so that noting activity (a local commit) never waits for a geo commit on the session's row.
create table session_activity (
  session_id uuid primary key references sessions on delete cascade,
  last_activity_at timestamptz not null
);

alter table sessions enable row level security;
alter table session_activity enable row level security;
grant select, insert on sessions to careline_app;
grant update (locked_at, unlocked_at, ended_at, end_reason, factors) on sessions to careline_app;
grant select, insert, update, delete on session_activity to careline_app;
grant delete on sessions to careline_app;

create policy sessions_own on sessions for all to careline_app
  using (agent_id = (select portal.current_agent()) or (select portal.is_system()))
  with check (agent_id = (select portal.current_agent()) or (select portal.is_system()));
create policy session_activity_own on session_activity for all to careline_app
  using (session_id = (select portal.current_session()) or (select portal.is_system()))
  with check (session_id = (select portal.current_session()) or (select portal.is_system()));

-- Who holds the cookie with this hash. Runs as the owner because nobody is known yet; answers one row or none.
create function portal.session_of_token(hash bytea)
  returns table (
    session_id uuid, agent_id uuid, role text, permissions text[], team_id uuid, team_name text, email text,
    first_name text, last_name text, status text, signed_in_at timestamptz, expires_at timestamptz,
    locked_at timestamptz, unlocked_at timestamptz, ended_at timestamptz, last_activity_at timestamptz
  )
  language sql stable security definer
  set search_path = portal, pg_temp
  as $$
    select s.session_id, a.agent_id, a.role::text, a.permissions, a.team_id, t.name::text, a.email::text,
           a.first_name::text, a.last_name::text, a.status::text, s.signed_in_at, s.expires_at,
           s.locked_at, s.unlocked_at, s.ended_at, coalesce(v.last_activity_at, s.signed_in_at)
      from portal.sessions s
      join portal.agents a on a.agent_id = s.agent_id
      left join portal.teams t on t.team_id = a.team_id
      left join portal.session_activity v on v.session_id = s.session_id
     where s.token_hash = hash
  $$;

-- The agent whom the identity provider calls `subject`, at sign-in.
create function portal.agent_of_subject(subject text)
  returns table (agent_id uuid, role text, status text, email text)
  language sql stable security definer
  set search_path = portal, pg_temp
  as $$
    select a.agent_id, a.role::text, a.status::text, a.email::text
      from portal.agents a where a.azure_ad_object_id = subject
  $$;

revoke all on function portal.session_of_token(bytea), portal.agent_of_subject(text) from public;
grant execute on function portal.session_of_token(bytea), portal.agent_of_subject(text) to careline_app;
