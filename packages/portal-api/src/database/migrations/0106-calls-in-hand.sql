-- does not break running code
-- Indexes for questions that are asked all day and would otherwise read the whole call log, and a narrower policy.

-- What an agent has in hand; with OR over both columns PostgreSQL joins these two.
create index call_logs_in_hand on portal.call_logs (agent_id, call_start_time)
  where state in ('ringing', 'connected', 'held', 'consulting', 'conferenced', 'wrapping');
create index call_logs_consulted on portal.call_logs (other_agent_id) where other_agent_id is not null;
-- Whether a provider's call has any record, ended ones included.
create index call_logs_provider_call on portal.call_logs (provider_call_id, provider);
create index adverse_events_reporter on portal.adverse_events (reported_by_agent_id, created_date desc, event_id desc);

-- Offers are made by the portal's own loop; an agent reads and ends their own.
drop policy call_offers_policy on portal.call_offers;
create policy call_offers_read on portal.call_offers for select to careline_app
  using ((select portal.is_system()) or agent_id = (select portal.current_agent()));
create policy call_offers_make on portal.call_offers for insert to careline_app
  with check ((select portal.is_system()));
create policy call_offers_end on portal.call_offers for update to careline_app
  using ((select portal.is_system()) or agent_id = (select portal.current_agent()));
