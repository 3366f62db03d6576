-- does not break running code
-- The programmes of an agent, for the session's row-level-security context. Late-bound on purpose: the table belongs to a
-- later migration, and sessions are read before anybody's context is known.
create function portal.programmes_of_agent(agent uuid) returns uuid[]
  language plpgsql stable security definer
  set search_path = portal, pg_temp
  as $$
  declare
    found_ids uuid[];
  begin
    if to_regclass('portal.agent_programmes') is null then
      return '{}';
    end if;
    execute 'select array_agg(programme_id order by programme_id) from portal.agent_programmes where agent_id = $1'
      into found_ids using agent;
    return coalesce(found_ids, '{}');
  end
  $$;
revoke all on function portal.programmes_of_agent(uuid) from public;
grant execute on function portal.programmes_of_agent(uuid) to careline_app;
