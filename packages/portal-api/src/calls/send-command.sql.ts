import type { CarrierCommand } from "@careline/portal-contract/telephony/schemas.ts";
import type { WorkContext } from "../serving/index.ts";

/**
 * Writes a command to the provider beside what caused it; the telephony loop sends it after the commit, in order, until the
 * provider has answered. So none is lost when this process dies in between, and a repeat is harmless by its id.
 */
export async function sendCommand(
  ctx: WorkContext,
  call: { readonly callId: string; readonly provider: string; readonly providerCallId: string },
  command: CarrierCommand["command"],
): Promise<void> {
  await ctx.tx`
    insert into portal.telephony_commands (command_id, provider, provider_call_id, call_id, command, created_at)
    values (gen_random_uuid(), ${call.provider}, ${call.providerCallId}, ${call.callId},
            ${ctx.tx.json(command)}, clock_timestamp())`;
}
