import { describe, expect, it } from "vitest";
import { Patience } from "./patience.ts";

const policy = { attemptMs: 4_000, attemptMostMs: 12_000 };

describe("a client's patience", () => {
  it("doubles with each request that went unanswered, up to the longest", () => {
    const patience = new Patience(policy);
    const waits = Array.from({ length: 4 }, () => {
      const { limitMs } = patience;
      patience.unanswered(limitMs);
      return limitMs;
    });
    expect(waits).toEqual([4_000, 8_000, 12_000, 12_000]);
  });

  it("is short again with the first answer", () => {
    const patience = new Patience(policy);
    patience.unanswered(4_000);
    patience.answered();
    expect(patience.limitMs).toBe(4_000);
  });

  it("grows once for requests that were given up together", () => {
    const patience = new Patience(policy);
    for (let count = 0; count < 3; count += 1) patience.unanswered(4_000);
    expect(patience.limitMs).toBe(8_000);
  });

  it("stays as it is where the longest wait is no longer than the first", () => {
    const patience = new Patience({ attemptMs: 5_000, attemptMostMs: 1_000 });
    patience.unanswered(5_000);
    expect(patience.limitMs).toBe(5_000);
  });
});
