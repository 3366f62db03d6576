import { permissionSchema, roleSchema } from "@careline/portal-contract";
import { z } from "zod";
import { PortalError } from "../problems/index.ts";
import type { Session } from "../serving/index.ts";

/** A session with its agent, as PostgreSQL answers it and Redis keeps it. */
export const sessionRecordSchema = z.object({
  session_id: z.uuid(),
  agent_id: z.uuid(),
  role: roleSchema,
  permissions: z.array(permissionSchema),
  team_id: z.uuid().nullable(),
  programme_ids: z.array(z.uuid()),
  first_name: z.string(),
  last_name: z.string(),
  status: z.string(),
  expires_at: z.coerce.date(),
  locked_at: z.coerce.date().nullable(),
  ended_at: z.coerce.date().nullable(),
  last_activity_at: z.coerce.date(),
});
export type SessionRecord = z.output<typeof sessionRecordSchema>;

/**
 * Whether a session is active or locked at `now`. Locked = said so, or nobody at work for `lockAfterMs`.
 * `seenActivityAt`: the newest activity that the cache knows. Errors: SESSION_ENDED.
 */
export function sessionState(
  record: SessionRecord,
  seenActivityAt: Date | null,
  now: Date,
  lockAfterMs: number,
): "active" | "locked" {
  const isOver =
    record.ended_at !== null ||
    record.expires_at.getTime() <= now.getTime() ||
    record.status === "terminated";
  if (isOver) throw new PortalError("SESSION_ENDED", `session ${record.session_id} is over`);
  if (record.locked_at !== null) return "locked";
  const lastMs = Math.max(record.last_activity_at.getTime(), seenActivityAt?.getTime() ?? 0);
  return now.getTime() - lastMs >= lockAfterMs ? "locked" : "active";
}

export function sessionOf(record: SessionRecord): Session {
  return {
    sessionId: record.session_id,
    agentId: record.agent_id,
    role: record.role,
    permissions: record.permissions,
    teamId: record.team_id,
    programmeIds: record.programme_ids,
    displayName: `${record.first_name} ${record.last_name}`,
  };
}
