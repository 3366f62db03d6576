import { describe, expect, it } from "vitest";
import { lossText } from "./loss-text.ts";

describe("the loss that a person is shown before a take-over", () => {
  it("is in seconds, rows, log and open calls", () => {
    const loss = { seconds: 3.2, bytes: 4096, rows: 41, openCalls: 12, geoComplete: true };
    expect(lossText("west", loss)).toBe(
      `A take-over by west may lose: ≤ 3.2 s of writes, ≤ 41 rows, ≤ 4.0 KiB of log; 12 calls are open.
Writes of class geo are not among them. Browsers send again what they still hold.`,
    );
  });

  it("says unknown where nobody knows, and warns of geo writes", () => {
    const loss = { seconds: null, bytes: null, rows: null, openCalls: null, geoComplete: false };
    const text = lossText("west", loss);
    expect(text).toContain("an unknown number of rows");
    expect(text).toContain("an unknown number of calls are open");
    expect(text).toContain("WRITES OF CLASS GEO MAY BE AMONG THEM");
  });
});
