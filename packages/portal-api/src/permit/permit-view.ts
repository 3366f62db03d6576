import type { Site } from "@careline/portal-contract";

/** A permit that is valid at the instant it was read. Never keep it across an await: read again. */
export interface Permit {
  readonly term: number;
  readonly remainingMs: number;
}

/** What the keeper last said about durability (site-contracts.md, `durability`). */
export interface DurabilityState {
  readonly geo: boolean;
  readonly generation: number;
  readonly unprotectedSince: string | null;
  readonly acceptUnprotected: boolean;
}

/** The portal's side of the permit contract, as the rest of the portal sees it. Synchronous on purpose. */
export interface PermitView {
  /** The permit if one is valid right now. */
  current(): Permit | null;
  readonly durability: DurabilityState;
  /** Why no permit is held, as the keeper says; `keeper-silent` when it does not answer. */
  readonly reason: string;
  /** The site that the own keeper believes primary. */
  readonly primary: Site | null;
  /** Calls `listener` when the permit is gained or lost; returns how to stop. */
  onChange(listener: (held: boolean) => void): () => void;
}
