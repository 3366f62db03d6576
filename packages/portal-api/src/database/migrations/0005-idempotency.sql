-- does not break running code
-- First answers, kept 14 days, written in the transaction of what they answer (portal.md, "Rules every write follows").
create table idempotency (
  agent_id uuid not null,
  idempotency_key uuid not null,
  -- SHA-256 over method, path with its parameters, If-Match and the body's bytes.
  request_hash bytea not null check (octet_length(request_hash) = 32),
  status_code integer not null,
  version integer,
  -- Compact JWE of the body's bytes; null = no body.
  answer text,
  created_at timestamptz not null,
  primary key (agent_id, idempotency_key)
);
create index idempotency_age on idempotency (created_at);
alter table idempotency enable row level security;
grant select, insert, delete on idempotency to careline_app;
create policy idempotency_own on idempotency for all to careline_app
  using (agent_id = (select portal.current_agent()) or (select portal.is_system()))
  with check (agent_id = (select portal.current_agent()));
