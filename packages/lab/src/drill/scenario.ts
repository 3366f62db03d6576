import type { Region, Site } from "../layout/index.ts";
import type { LabStage } from "./lab-stage.ts";

/** Where a run's journal was when a scenario looked. */
export interface StepSeen {
  readonly step: string;
  /** Whose controller carries the step out. */
  readonly site: Site;
  /** The journal was beyond the step already when it was first seen there. */
  readonly isLate: boolean;
}

/** What a scenario works with: the lab, and who was primary when the drill began. */
export interface Scene {
  readonly stage: LabStage;
  readonly primary: Region;
  readonly standby: Region;
  readonly signal: AbortSignal;
  /** Says in the report what is done now. */
  readonly note: (text: string) => void;
  /** Something that must be true here besides the common rules; the run is broken when it is not. */
  readonly expect: (isTrue: boolean, claim: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Wall clock of this machine, milliseconds. */
  readonly wallMs: () => number;
  /** Until a newer term than the last one seen serves every client. Errors: DRILL_UNFINISHED. */
  readonly untilMoved: () => Promise<void>;
  /** Until one region is primary and the other its safe standby. Errors: DRILL_UNFINISHED. */
  readonly untilWhole: () => Promise<void>;
  /** Regions whose portal holds a permit right now. */
  readonly serving: () => Promise<Region[]>;
  /** Asks until `isTrue`; false when `limitMs` passed first. */
  readonly until: (limitMs: number, isTrue: () => Promise<boolean>) => Promise<boolean>;
  /** Until an open run of this kind is in the journal; its id. Errors: DRILL_UNFINISHED. */
  readonly untilRun: (kind: "switchover" | "failover" | "rejoin") => Promise<string>;
  /** Until the run's journal says that `step` has begun, as exactly as 15 ms of asking allow. Null: the run ended before. */
  readonly untilStep: (runId: string, step: string) => Promise<StepSeen | null>;
  /** Until the run is over: how. Errors: DRILL_UNFINISHED. */
  readonly untilRunEnds: (runId: string) => Promise<string>;
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
  /** At least so many clients, also when fewer were asked for. */
  readonly agentsMin?: number;
  /** Runs by its name alone and not in `drill --all`: it takes an hour. */
  readonly isApart?: true;
  /** Causes it. Returns the instant, by the machine's wall clock, at which it began. */
  fault(scene: Scene): Promise<string | Date>;
  /** Undoes it; called also when the drill failed half-way. */
  heal(scene: Scene): Promise<void>;
  /** Why this machine or lab cannot run it; null when it can. Shown as SKIPPED. */
  unavailable?(stage: LabStage): string | null;
}
