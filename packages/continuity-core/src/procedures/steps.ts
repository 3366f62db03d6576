import type { RunKind, StepDefinition, StepRecord } from "../runs/index.ts";
import { type DataSite, otherSite } from "../store/index.ts";
import type { EnsureName } from "./ensures.ts";

/** The built-in procedures as data: what must hold, in which order, where. */
interface StepOutline {
  readonly ensure: EnsureName;
  /** Which region carries it out. */
  readonly at: "from" | "to";
  readonly budgetMs: number;
  readonly attemptsMax?: number;
  readonly undo?: EnsureName;
  readonly gracefulOnly?: boolean;
  readonly destructive?: boolean;
  readonly skippable?: boolean;
}

/** One move of the primary with everybody alive: nothing is lost, no rewind is needed. */
const switchover: readonly StepOutline[] = [
  { ensure: "ready", at: "from", budgetMs: 5_000, gracefulOnly: true },
  { ensure: "handed-over", at: "from", budgetMs: 20_000, undo: "taken-back", gracefulOnly: true },
  // The old primary is stopped: a standby that lacks the end of its log cannot get it any more, so the term is soon taken back.
  { ensure: "taken-over", at: "to", budgetMs: 5_000, attemptsMax: 2, destructive: true },
  { ensure: "redis-primary", at: "to", budgetMs: 10_000, skippable: true },
  { ensure: "permit-given", at: "to", budgetMs: 20_000 },
  { ensure: "upstream-ready", at: "to", budgetMs: 20_000, skippable: true },
  { ensure: "following", at: "from", budgetMs: 60_000, skippable: true },
  { ensure: "redis-following", at: "from", budgetMs: 30_000, skippable: true },
  { ensure: "standby-streams", at: "to", budgetMs: 60_000, skippable: true },
];

/** The primary is gone: the rest of the regions' life continues with rejoin. */
const failover: readonly StepOutline[] = [
  { ensure: "taken-over", at: "to", budgetMs: 20_000, destructive: true },
  { ensure: "redis-primary", at: "to", budgetMs: 10_000, skippable: true },
  { ensure: "permit-given", at: "to", budgetMs: 30_000 },
  { ensure: "upstream-ready", at: "to", budgetMs: 20_000, skippable: true },
];

/** A region returns. Nothing that it committed is destroyed before it was quarantined and reported. */
const rejoin: readonly StepOutline[] = [
  { ensure: "database-stopped", at: "from", budgetMs: 30_000 },
  { ensure: "tail-quarantined", at: "from", budgetMs: 600_000 },
  { ensure: "tail-reported", at: "from", budgetMs: 600_000 },
  { ensure: "upstream-ready", at: "to", budgetMs: 60_000, attemptsMax: 10 },
  { ensure: "rewound", at: "from", budgetMs: 1_800_000, attemptsMax: 5, destructive: true },
  { ensure: "following", at: "from", budgetMs: 120_000 },
  { ensure: "redis-following", at: "from", budgetMs: 60_000, skippable: true },
];

const outlines: Readonly<Record<Exclude<RunKind, "plan">, readonly StepOutline[]>> = {
  switchover,
  failback: switchover,
  failover,
  rejoin,
};

/** The steps of a built-in procedure between two regions, none begun. */
export function stepsOf(kind: Exclude<RunKind, "plan">, to: DataSite): StepRecord[] {
  return outlines[kind].map((outline) => {
    const definition: StepDefinition = {
      name: outline.ensure,
      ensure: outline.ensure,
      site: outline.at === "to" ? to : otherSite(to),
      budgetMs: outline.budgetMs,
      attemptsMax: outline.attemptsMax ?? 3,
      undo: outline.undo ?? null,
      approvals: [],
      gracefulOnly: outline.gracefulOnly ?? false,
      destructive: outline.destructive ?? false,
      skippable: outline.skippable ?? false,
    };
    return { definition, attempt: 0, state: { kind: "pending" } };
  });
}
