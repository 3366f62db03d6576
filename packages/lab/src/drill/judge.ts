import type { AgentExperience } from "../agents/index.ts";
import type { Region } from "../layout/index.ts";
import {
  type Acknowledgement,
  overlappingTerms,
  type PromisesKept,
  termsGoingBack,
  termsWithTwoPrimaries,
  type Violation,
} from "../ledger/index.ts";
import type { RegionView } from "./region-views.ts";
import type { Scenario } from "./scenario.ts";

/** Everything that a run is judged by, once it has ended. */
export interface Evidence {
  readonly scenario: Pick<Scenario, "primary">;
  readonly primaryBefore: Region;
  readonly primaryAfter: string | null;
  /** From all clients, the pinned ones included. */
  readonly acknowledgements: readonly Acknowledgement[];
  readonly promises: PromisesKept;
  readonly experiences: readonly Pick<AgentExperience, "signOuts">[];
  /** What the regions themselves say at the end, without asking any controller. */
  readonly views: readonly RegionView[];
  /** Null: clients were served again. Otherwise why not. */
  readonly notServed: string | null;
  /** Whether all three sites said so in time. */
  readonly isProtectedAgain: boolean;
  /** What the scenario itself expected and did not see. */
  readonly unmet: readonly string[];
}

/** The rules that hold after every drill, whatever its fault was; each broken one with a sentence. */
export function judge(seen: Evidence): Violation[] {
  return [
    ...overlappingTerms(seen.acknowledgements),
    ...termsWithTwoPrimaries(seen.acknowledgements),
    ...termsGoingBack(seen.acknowledgements),
    ...promisesBroken(seen.promises),
    ...usersDisturbed(seen),
    ...notWhole(seen),
    ...seen.unmet.map((what) => ({ rule: "expectation-not-met", what }) as const),
  ];
}

function promisesBroken({ lost }: PromisesKept): Violation[] {
  if (lost.geo + lost.local === 0) return [];
  const what = `${lost.geo} geo and ${lost.local} local writes`;
  return [{ rule: "acknowledged-write-lost", what }];
}

function usersDisturbed({ experiences, notServed }: Evidence): Violation[] {
  const found: Violation[] = [];
  const signOuts = experiences.reduce((sum, seen) => sum + seen.signOuts, 0);
  if (signOuts > 0) {
    found.push({ rule: "agent-signed-out", what: `${signOuts} answers asked for a new sign-in` });
  }
  if (notServed !== null) found.push({ rule: "client-never-recovered", what: notServed });
  return found;
}

function notWhole(seen: Evidence): Violation[] {
  const { scenario, primaryBefore, primaryAfter, views, isProtectedAgain } = seen;
  const found: Violation[] = [];
  if (!isProtectedAgain) {
    found.push({ rule: "not-protected-again", what: "not within four minutes after healing" });
  }
  const hasMoved = primaryAfter !== primaryBefore;
  if (scenario.primary === "stays" && hasMoved) {
    const what = `${primaryBefore} was to stay primary; now it is ${primaryAfter}`;
    found.push({ rule: "unexpected-primary", what });
  }
  if (scenario.primary === "moves" && !hasMoved) {
    found.push({ rule: "unexpected-primary", what: `${primaryBefore} is primary still` });
  }
  const whole = views.every(
    ({ region, isServing, takesWrites }) =>
      isServing === (region === primaryAfter) && takesWrites === (region === primaryAfter),
  );
  if (!whole || !views.some(({ isServing }) => isServing)) {
    const what = views.map(sentenceOf).join("; ");
    found.push({ rule: "not-one-writable", what });
  }
  return found;
}

function sentenceOf({ region, isServing, takesWrites }: RegionView): string {
  const database =
    takesWrites === null ? "is down" : takesWrites ? "takes writes" : "follows another";
  return `${region}: portal ${isServing ? "holds" : "has no"} permit, database ${database}`;
}
