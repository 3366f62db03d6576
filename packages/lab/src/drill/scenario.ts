import type { Region } from "../layout/index.ts";
import type { LabStage } from "./lab-stage.ts";

/** What a scenario works with: the lab, and who was primary when the drill began. */
export interface Scene {
  readonly stage: LabStage;
  readonly primary: Region;
  readonly standby: Region;
  readonly signal: AbortSignal;
  /** Says in the report what is done now. */
  readonly note: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Wall clock of this machine, milliseconds. */
  readonly wallMs: () => number;
  /** Until the other region is primary and clients are served again. Errors: DRILL_UNFINISHED. */
  readonly untilMoved: () => Promise<void>;
  /** Clients that keep their connections to one region's own port, whatever the front door says. */
  readonly pinClients: (region: Region, count: number) => Promise<void>;
}

/** One drill: what happens to the lab, and what must be true after. */
export interface Scenario {
  readonly name: string;
  /** One sentence for a person: what happens. */
  readonly what: string;
  /** One sentence: what Careline should do about it. */
  readonly expected: string;
  /** `moves`: the other region becomes primary. `stays`: it must not. `either`: both are right. */
  readonly primary: "moves" | "stays" | "either";
  /** Pinned clients see more than the front door shows; started before the fault. */
  readonly pinnedClients?: number;
  /** Causes it. Returns the instant, by the machine's wall clock, at which it began. */
  fault(scene: Scene): Promise<string | Date>;
  /** Undoes it; called also when the drill failed half-way. */
  heal(scene: Scene): Promise<void>;
  /** Why this machine or lab cannot run it; null when it can. Shown as SKIPPED. */
  unavailable?(stage: LabStage): string | null;
}
