import type { CarrierCommand } from "@careline/portal-contract/telephony/schemas.ts";
import type { Tx } from "../database/index.ts";
import type { PermitView } from "../permit/index.ts";
import type { WorkContext } from "../serving/index.ts";
import type { TelephonyProvider } from "./provider.ts";

export interface OpenCommand {
  readonly commandId: string;
  readonly providerCallId: string;
  readonly command: CarrierCommand["command"];
  readonly isOverdue: boolean;
}

/** 100 commands a turn, oldest first; after two minutes without an answer one is given up, and reconciliation decides. */
export async function readOpenCommands(tx: Tx, provider: string): Promise<OpenCommand[]> {
  return tx<OpenCommand[]>`
    select command_id as "commandId", provider_call_id as "providerCallId", command,
           created_at < clock_timestamp() - interval '2 minutes' as "isOverdue"
      from portal.telephony_commands where finished_at is null and provider = ${provider}
     order by created_at, command_id limit 100`;
}

export interface SentCommand {
  readonly commandId: string;
  readonly wasApplied: boolean;
}

/**
 * Sends commands, calls beside each other, the commands of one call in order. Each leaves only while the permit holds. A call
 * whose command failed keeps its later ones for the next turn. Never rejects but for the abort.
 */
export async function sendCommands(
  provider: TelephonyProvider,
  permit: PermitView,
  commands: readonly OpenCommand[],
  signal: AbortSignal,
): Promise<SentCommand[]> {
  const sent: SentCommand[] = [];
  const byCall = Map.groupBy(commands, (command) => command.providerCallId);
  await Promise.all(
    [...byCall.values()].map(async (ofCall) => {
      for (const { commandId, providerCallId, command, isOverdue } of ofCall) {
        if (permit.current() === null) return;
        try {
          const applied = await provider.send(providerCallId, { commandId, command }, signal);
          sent.push({ commandId, wasApplied: applied === true });
        } catch {
          signal.throwIfAborted();
          if (!isOverdue) return;
          sent.push({ commandId, wasApplied: false });
        }
      }
    }),
  );
  return sent;
}

/** Notes what the provider answered. */
export async function finishCommands(
  ctx: WorkContext,
  sent: readonly SentCommand[],
): Promise<void> {
  const finished = sent.map((one) => one.commandId);
  const applied = sent.filter((one) => one.wasApplied).map((one) => one.commandId);
  await ctx.tx`
    update portal.telephony_commands
       set finished_at = ${ctx.now}, was_applied = command_id = any (${applied}::uuid[])
     where command_id = any (${finished}::uuid[])`;
  ctx.audit({
    resourceType: "telephony",
    resourceId: null,
    details: { commands: sent.length, applied: applied.length },
  });
}
