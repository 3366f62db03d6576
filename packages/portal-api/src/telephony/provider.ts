import type { CarrierCall, CarrierCommand } from "@careline/portal-contract/telephony/schemas.ts";

/** What the portal needs from a telephone provider. Every call of it has a limit and may fail with CARRIER_UNAVAILABLE. */
export interface TelephonyProvider {
  /** Code in the tables and in the webhook's path. */
  readonly name: "simulator";
  /** Carries out one command. False: it meant nothing any more; null: the provider knows no such call. */
  send(
    providerCallId: string,
    command: CarrierCommand,
    signal: AbortSignal,
  ): Promise<boolean | null>;
  /** Every call in progress: who waits, who talks with whom. */
  calls(signal: AbortSignal): Promise<readonly CarrierCall[]>;
}
