import { expect, it } from "vitest";
import { isOpenRun, standsAt, stepSeen } from "./journal.ts";
import type { RunJournal } from "./operator-client.ts";

type Kind = "pending" | "running" | "done" | "skipped" | "failed";

function aSwitchover(states: readonly Kind[], state = "running"): RunJournal {
  const names = ["ready", "handed-over", "taken-over"];
  return {
    id: "run-1",
    kind: "switchover",
    state: { kind: state },
    steps: names.map((name, index) => ({
      definition: { name, site: name === "taken-over" ? "west" : "east" },
      attempt: 1,
      state: { kind: states[index] ?? "pending" },
    })),
  };
}

it("sees a step begin when it is claimed, not when the one before it is done", () => {
  expect(stepSeen(aSwitchover(["running"]), "handed-over")).toBeNull();
  expect(stepSeen(aSwitchover(["done", "pending"]), "handed-over")).toBeNull();
  const begun = stepSeen(aSwitchover(["done", "running"]), "handed-over");
  expect(begun).toEqual({ step: "handed-over", site: "east", isLate: false });
  expect(stepSeen(aSwitchover(["done", "failed"]), "handed-over")?.isLate).toBe(false);
});

it("says that it came late when the journal is beyond the step already", () => {
  const late = stepSeen(aSwitchover(["done", "skipped", "running"]), "handed-over");
  expect(late).toEqual({ step: "handed-over", site: "east", isLate: true });
  expect(stepSeen(aSwitchover(["done", "done", "done"], "completed"), "taken-over")).toEqual({
    step: "taken-over",
    site: "west",
    isLate: true,
  });
});

it("refuses a step that the procedure does not have", () => {
  expect(() => stepSeen(aSwitchover([]), "rewound")).toThrow("no step rewound");
});

it("says in words where a journal stands", () => {
  expect(standsAt(aSwitchover(["done", "running"]))).toBe(
    "switchover is running, handed-over is running (attempt 1)",
  );
  expect(standsAt(aSwitchover(["done", "done", "done"], "completed"))).toBe(
    "switchover is completed",
  );
});

it("knows which runs are open", () => {
  const open = ["running", "paused", "undoing"];
  const over = ["completed", "cancelled", "failed", "superseded"];
  expect(open.map((state) => isOpenRun(aSwitchover([], state)))).toEqual([true, true, true]);
  expect(over.some((state) => isOpenRun(aSwitchover([], state)))).toBe(false);
});
