import { type Decision, decide, defaultPolicy } from "../decide/index.ts";
import type { Scene, Section } from "./asks.ts";
import { renderTable, type Table, tabulate } from "./collapse.ts";
import { cannotDecide, ownTerm, serving, withoutQuorum } from "./primary-sections.ts";
import { adopting, withRuns, witness } from "./run-sections.ts";
import { lapsed, otherTerm, primaryLost } from "./standby-sections.ts";

/** The decision's name; `hold` is shown by its reason, an alarm by a bell. */
export function nameOf(decision: Decision): string {
  if (decision.kind !== "hold") return decision.kind;
  return decision.alarm ? `hold: ${decision.why} (alarm)` : `hold: ${decision.why}`;
}

const sections: readonly (() => Section)[] = [
  cannotDecide,
  withoutQuorum,
  ownTerm,
  serving,
  withRuns,
  adopting,
  otherTerm,
  primaryLost,
  lapsed,
  witness,
];

const evaluate = (scene: Scene): string => nameOf(decide(scene, defaultPolicy));

/** Every section of the controller's decision table, evaluated by the decision function itself. */
export function controllerTables(): readonly { readonly table: Table; readonly text: string }[] {
  return sections.map((describe) => {
    const section = describe();
    const table = tabulate(section.title, section.start, section.asks, evaluate);
    return { table, text: renderTable(table, section.asks) };
  });
}
