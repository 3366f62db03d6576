import { describe, expect, it } from "vitest";
import { compareLoss, type ShownLoss } from "./tail-report.ts";

const shown = (change: Partial<ShownLoss> = {}): ShownLoss => ({
  ...{ by: "ada", as: "approver", seconds: 3.2, rows: 41, openCalls: 12 },
  ...change,
});

describe("the loss that was agreed to, beside the truth", () => {
  it("is within it when each person was shown at least as much", () => {
    const found = { seconds: 3.1, rows: 41 };
    expect(compareLoss([shown(), shown({ by: "abel" })], found)).toEqual({
      found: { seconds: 3.1, rows: 41 },
      isWithinApproved: true,
    });
    const less = shown({ by: "abel", rows: 40 });
    expect(compareLoss([shown(), less], found).isWithinApproved).toBe(false);
    expect(compareLoss([shown({ seconds: 3 })], found).isWithinApproved).toBe(false);
  });

  it("cannot be said where nobody was asked, or the figure was unknown", () => {
    const found = { seconds: null, rows: 2 };
    expect(compareLoss([], found)).toEqual({
      found: { seconds: 0, rows: 2 },
      isWithinApproved: null,
    });
    expect(compareLoss([shown({ rows: null })], found).isWithinApproved).toBeNull();
  });
});
