import { describe, expect, it } from "vitest";
import { StoreLives } from "./store-lives.ts";

describe("a life of the store", () => {
  it("is over once a newer one was seen, at whichever member", () => {
    const lives = new StoreLives();
    lives.note({ cluster: "old", generation: 1 });
    expect(lives.isOver({ cluster: "old", generation: 1 })).toBe(false);
    lives.note({ cluster: "new", generation: 2 });
    expect(lives.isOver({ cluster: "old", generation: 1 })).toBe(true);
    expect(lives.isOver({ cluster: "new", generation: 2 })).toBe(false);
  });

  it("is told by the cluster of an answer that does not show the record", () => {
    const lives = new StoreLives();
    lives.note({ cluster: "old", generation: 1 });
    lives.note({ cluster: "new", generation: 2 });
    expect(lives.isOver({ cluster: "old", generation: null })).toBe(true);
    expect(lives.isOver({ cluster: "new", generation: null })).toBe(false);
  });

  it("is not doubted in a cluster that nothing is known of: it may be the newest", () => {
    const lives = new StoreLives();
    lives.note({ cluster: "new", generation: 2 });
    expect(lives.isOver({ cluster: "unknown", generation: null })).toBe(false);
    expect(lives.isOver({ cluster: null, generation: null })).toBe(false);
  });

  it("is told by the record itself where two lives bear the same cluster id", () => {
    const lives = new StoreLives();
    lives.note({ cluster: "restored", generation: 3 });
    expect(lives.isOver({ cluster: "restored", generation: 2 })).toBe(true);
    lives.note({ cluster: "restored", generation: 2 });
    expect(lives.isOver({ cluster: "restored", generation: null })).toBe(false);
    expect(lives.newest).toBe(3);
  });
});
