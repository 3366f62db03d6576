import type { CarrierCall } from "@careline/portal-contract/telephony/schemas.ts";

/** A record of ours in which somebody is on the line or waits. */
export interface LiveRecord {
  readonly callId: string;
  readonly providerCallId: string;
  readonly agentId: string | null;
  /** The record says that an agent speaks with the caller. */
  readonly isSpoken: boolean;
  /** Commands are under way: the provider's list may be behind. */
  readonly hasOpenCommands: boolean;
  /** Too new for the provider's list to be expected to hold it. */
  readonly isYoung: boolean;
}

export type Repair =
  /** The provider carries a caller whom we do not know: the arrival was lost. */
  | { readonly kind: "arrival"; readonly call: CarrierCall }
  /** The provider carries the call no more: its end was lost. */
  | { readonly kind: "end"; readonly providerCallId: string }
  /** The provider has the caller talking with this agent; our record does not: the answer was lost here. */
  | { readonly kind: "adopt"; readonly callId: string; readonly agentId: string }
  /** We have an agent talking, the provider has the caller waiting: the command was lost on the way. */
  | { readonly kind: "connect-again"; readonly callId: string };

/**
 * What has to be done so that records and provider agree. The provider is believed about who is on the line, the records
 * about who should be. `recorded`: provider's calls that have any record, ended ones included.
 */
export function planReconciliation(
  records: readonly LiveRecord[],
  recorded: ReadonlySet<string>,
  theirs: readonly CarrierCall[],
): readonly Repair[] {
  const held = new Map(theirs.map((call) => [call.providerCallId, call]));
  const repairs: Repair[] = theirs
    .filter((call) => call.direction === "inbound" && !recorded.has(call.providerCallId))
    .map((call) => ({ kind: "arrival", call }));
  for (const record of records) {
    if (record.hasOpenCommands) continue;
    const call = held.get(record.providerCallId);
    const { callId, providerCallId } = record;
    if (call === undefined) {
      if (!record.isYoung) repairs.push({ kind: "end", providerCallId });
    } else if (call.state === "queued") {
      if (record.isSpoken && record.agentId !== null)
        repairs.push({ kind: "connect-again", callId });
    } else if (call.state !== "dialling" && call.agentId !== null && !record.isSpoken) {
      repairs.push({ kind: "adopt", callId, agentId: call.agentId });
    }
  }
  return repairs;
}
