import { describe, expect, it } from "vitest";
import { stepsOf } from "./steps.ts";

/** One line a step: where, budget in seconds, attempts, and what is special about it. */
function listed(kind: "switchover" | "failback" | "failover" | "rejoin"): readonly string[] {
  return stepsOf(kind, "west").map(({ definition, attempt, state }) => {
    const { attemptsMax, budgetMs, destructive, gracefulOnly, name, site, skippable, undo } =
      definition;
    const marks = [
      destructive ? "destroys" : "",
      gracefulOnly ? "graceful only" : "",
      skippable ? "may be skipped" : "",
      undo === null ? "" : `undone by ${undo}`,
      definition.ensure === name ? "" : "another check",
      definition.approvals.length === 0 ? "" : "approved",
      attempt === 0 && state.kind === "pending" ? "" : "begun",
    ].filter((mark) => mark !== "");
    return [`${name} at ${site}, ${budgetMs / 1_000} s × ${attemptsMax}`, ...marks].join(", ");
  });
}

describe("the steps", () => {
  it("of a switchover hand over before they take over; only the take-over cannot be undone", () => {
    const steps = [
      "ready at east, 5 s × 3, graceful only",
      "handed-over at east, 20 s × 3, graceful only, undone by taken-back",
      "taken-over at west, 5 s × 2, destroys",
      "redis-primary at west, 10 s × 3, may be skipped",
      "permit-given at west, 20 s × 3",
      "upstream-ready at west, 20 s × 3, may be skipped",
      "following at east, 60 s × 3, may be skipped",
      "redis-following at east, 30 s × 3, may be skipped",
      "standby-streams at west, 60 s × 3, may be skipped",
    ];
    expect(listed("switchover")).toEqual(steps);
    expect(listed("failback")).toEqual(steps);
  });

  it("of a failover need nobody but the region that takes over", () => {
    expect(listed("failover")).toEqual([
      "taken-over at west, 20 s × 3, destroys",
      "redis-primary at west, 10 s × 3, may be skipped",
      "permit-given at west, 30 s × 3",
      "upstream-ready at west, 20 s × 3, may be skipped",
    ]);
  });

  it("of a rejoin quarantine and report before the one that destroys, and none of these may be skipped", () => {
    expect(listed("rejoin")).toEqual([
      "database-stopped at east, 30 s × 3",
      "tail-quarantined at east, 600 s × 3",
      "tail-reported at east, 600 s × 3",
      "upstream-ready at west, 60 s × 10",
      "rewound at east, 1800 s × 5, destroys",
      "following at east, 120 s × 3",
      "redis-following at east, 60 s × 3, may be skipped",
    ]);
  });
});
