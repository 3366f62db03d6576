-- breaks running code: no
-- How many callers are on the line, for whoever has to decide about a take-over: a number, no rows. Asked by continuity on the primary.
create function portal.open_calls() returns bigint
  language sql stable security definer set search_path = portal, pg_temp as $$
  select count(*) from portal.call_logs
   where state in ('offered', 'ringing', 'connected', 'held', 'consulting', 'conferenced')
$$;
revoke all on function portal.open_calls() from public;
