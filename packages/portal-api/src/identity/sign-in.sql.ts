import type { Tx } from "../database/index.ts";

/** The agent behind a subject of the identity provider, as far as sign-in needs to know. */
export interface SigningIn {
  readonly agent_id: string;
  readonly role: string;
  readonly status: string;
}

export async function selectAgentOfSubject(
  tx: Tx,
  subject: string,
): Promise<SigningIn | undefined> {
  const [row] = await tx<
    SigningIn[]
  >`select agent_id, role, status from portal.agent_of_subject(${subject})`;
  return row;
}

/** From here on the transaction acts as this agent: their session's rows are theirs to write. */
export async function actAs(
  tx: Tx,
  agentId: string,
  role: string,
  sessionId: string,
): Promise<void> {
  await tx`select set_config('careline.agent_id', ${agentId}, true), set_config('careline.role', ${role}, true),
                  set_config('careline.session_id', ${sessionId}, true)`;
}

export interface NewSession {
  readonly sessionId: string;
  readonly tokenHash: Buffer;
  readonly agentId: string;
  readonly signedInAt: Date;
  readonly region: string;
  readonly expiresAt: Date;
  readonly factors: string;
}

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx`insert into portal.sessions (session_id, token_hash, agent_id, signed_in_at, signed_in_region, expires_at, factors)
           values (${session.sessionId}, ${session.tokenHash}, ${session.agentId}, ${session.signedInAt}, ${session.region},
                   ${session.expiresAt}, ${session.factors})`;
}

/** HCC-POR-09: the date and region of the last sign-in. */
export async function noteSignIn(tx: Tx, agentId: string, at: Date, region: string): Promise<void> {
  await tx`update portal.agents set last_login_date = ${at}, last_login_region = ${region} where agent_id = ${agentId}`;
}

export async function lockSession(tx: Tx, sessionId: string, at: Date): Promise<void> {
  await tx`update portal.sessions set locked_at = ${at} where session_id = ${sessionId} and locked_at is null`;
}

/** True when the session still lives and was unlocked. */
export async function unlockSession(tx: Tx, sessionId: string, at: Date): Promise<boolean> {
  const changed = await tx`update portal.sessions set locked_at = null, unlocked_at = ${at}
                            where session_id = ${sessionId} and ended_at is null`;
  return changed.count === 1;
}

export async function endSession(
  tx: Tx,
  sessionId: string,
  at: Date,
  reason: string,
): Promise<void> {
  await tx`update portal.sessions set ended_at = ${at}, end_reason = ${reason}
            where session_id = ${sessionId} and ended_at is null`;
}

export interface SessionDetails {
  readonly email: string;
  readonly team_id: string | null;
  readonly team_name: string | null;
  readonly signed_in_at: Date;
  readonly last_activity_at: Date;
}

export async function selectSessionDetails(
  tx: Tx,
  sessionId: string,
): Promise<SessionDetails | undefined> {
  const [row] = await tx<SessionDetails[]>`
    select a.email, a.team_id, t.name as team_name, s.signed_in_at, coalesce(v.last_activity_at, s.signed_in_at) as last_activity_at
      from portal.sessions s
      join portal.agents a on a.agent_id = s.agent_id
      left join portal.teams t on t.team_id = a.team_id
      left join portal.session_activity v on v.session_id = s.session_id
     where s.session_id = ${sessionId}`;
  return row;
}
