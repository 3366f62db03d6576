-- does not break running code
-- Schema of the portal, and the context that row-level security reads. Applied as careline_owner, search_path = portal.
grant usage on schema portal to careline_app;
revoke all on schema public from public;

do $$
begin
  execute format('alter database %I set search_path = portal', current_database());
  execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- Transaction-local settings, set by the portal at the start of each transaction. An absent or empty one is null, and
-- a policy that compares with null lets nothing through.
create function portal.current_agent() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.agent_id', true), '')::uuid $$;

create function portal.current_role_code() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.role', true), '') $$;

create function portal.current_team() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.team_id', true), '')::uuid $$;

create function portal.current_programmes() returns uuid[]
  language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('careline.programme_ids', true), '')::uuid[], '{}') $$;

create function portal.has_permission(permission text) returns boolean
  language sql stable parallel safe
  as $$ select coalesce(permission = any (nullif(current_setting('careline.permissions', true), '')::text[]), false) $$;

create function portal.current_session() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.session_id', true), '')::uuid $$;

create function portal.current_site() returns text
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.region', true), '') $$;

create function portal.current_term() returns bigint
  language sql stable parallel safe
  as $$ select nullif(current_setting('careline.term', true), '')::bigint $$;

-- Background loops of the portal (routing, projection, clean-up).
create function portal.is_system() returns boolean
  language sql stable parallel safe
  as $$ select coalesce(current_setting('careline.role', true) = 'system', false) $$;

-- Supervisor, manager, admin.
create function portal.is_supervising() returns boolean
  language sql stable parallel safe
  as $$ select coalesce(current_setting('careline.role', true) in ('supervisor', 'manager', 'admin'), false) $$;

grant execute on all functions in schema portal to careline_app;
