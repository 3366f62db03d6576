import type { Call } from "@careline/portal-contract/calls/schemas.ts";
import { PortalError } from "../problems/index.ts";
import type { WorkContext } from "../serving/index.ts";
import { readCallViews } from "./call-view.sql.ts";

/** Reads the call as `agentId` sees it and sends it to that agent's screens. */
export async function tellCall(ctx: WorkContext, callId: string, agentId: string): Promise<Call> {
  const [call] = await readCallViews(ctx.tx, [callId], { agentId });
  if (call === undefined) throw new PortalError("NOT_FOUND", `no call ${callId} for this viewer`);
  ctx.publish({ kind: "call", data: { call }, audience: { agents: [agentId] } });
  return call;
}
