import { supervisingRoles } from "@careline/portal-contract";
import type { Session } from "../serving/index.ts";
import type { Audience } from "./outgoing-event.ts";

/** Whether this person receives an event. What no part of the audience names, nobody receives. */
export function mayReceive(audience: Audience, session: Session): boolean {
  if (audience.everyone === true) return true;
  if (audience.agents?.includes(session.agentId) === true) return true;
  if (audience.sessions?.includes(session.sessionId) === true) return true;
  const roles = audience.roles ?? supervisingRoles;
  if (!roles.includes(session.role)) return false;
  if (audience.everyTeam === true) return true;
  return session.teamId !== null && audience.teams?.includes(session.teamId) === true;
}
