import type { AgentProfile, Colleague } from "@careline/portal-contract/agents/schemas.ts";
import type { Tx } from "../database/index.ts";

export type ProfileRow = Omit<AgentProfile, "presence" | "lastLoginDate"> & {
  readonly lastLoginDate: Date | null;
};

/** The agent's own row with team, programmes and skills. */
export async function readProfile(tx: Tx, agentId: string): Promise<ProfileRow | undefined> {
  const [row] = await tx<ProfileRow[]>`
    select a.agent_id as "agentId", a.email, a.first_name as "firstName", a.last_name as "lastName",
           coalesce(a.employee_id, '') as "employeeId", a.role, a.status,
           a.last_login_date as "lastLoginDate", a.last_login_region as "lastLoginRegion",
           case when t.team_id is null then null
                else json_build_object('teamId', t.team_id, 'name', t.name) end as team,
           coalesce((select array_agg(p.programme_id order by p.programme_id)
              from portal.agent_programmes p where p.agent_id = a.agent_id), '{}') as "programmeIds",
           coalesce((select json_agg(json_build_object('kind', s.kind, 'code', s.code, 'level', s.level)
                            order by s.kind, s.code)
              from portal.agent_skills s where s.agent_id = a.agent_id), '[]') as skills
      from portal.agents a left join portal.teams t on t.team_id = a.team_id
     where a.agent_id = ${agentId}`;
  return row;
}

type ColleagueRow = Omit<Colleague, "since"> & { readonly since: Date };

/** At most 500 colleagues of the same programmes who are signed in, those who are free first. */
export async function listColleagues(tx: Tx, agentId: string): Promise<Colleague[]> {
  const rows = await tx<ColleagueRow[]>`
    select n.agent_id as "agentId", n.display_name as "displayName", n.team_name as "teamName",
           coalesce((select array_agg(s.code order by s.code) from portal.agent_skills s
              where s.agent_id = n.agent_id and s.kind = 'language'), '{}') as languages,
           p.state, p.since
      from portal.agent_presence p join portal.agent_names n on n.agent_id = p.agent_id
     where p.state <> 'offline' and p.agent_id <> ${agentId}
       and exists (select 1 from portal.agent_programmes x
                    where x.agent_id = p.agent_id
                      and x.programme_id = any ((select portal.current_programmes())::uuid[]))
     order by p.state <> 'available', n.display_name, n.agent_id
     limit 500`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}
