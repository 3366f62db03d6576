import { describe, expect, it } from "vitest";
import { freshMs, type Said, type Sighting, verdictOf } from "./verdict.ts";

const nowMs = 50_000;
const seen = (said: Said, agoMs = 20): Sighting => ({ said, askedAtMs: nowMs - agoMs });
const permit = (term: number, agoMs?: number): Sighting => seen({ kind: "permit", term }, agoMs);
const without = (agoMs?: number): Sighting => seen({ kind: "no-permit" }, agoMs);
const refused = (agoMs?: number): Sighting => seen({ kind: "refused" }, agoMs);
const old = freshMs + 1;
const verdict = (own: Sighting | null, other: Sighting | null) => verdictOf(own, other, nowMs);

describe("the guard of the front door", () => {
  it("sends people to the region that says that it holds the permit", () => {
    expect(verdict(permit(3), without())).toBe("up");
    expect(verdict(without(), permit(3))).toBe("down");
  });

  it("leaves a region that hangs once the other holds the permit of a later term", () => {
    expect(verdict(permit(3, 900), permit(4))).toBe("down");
    expect(verdict(permit(3, old), permit(4))).toBe("down");
    expect(verdict(permit(4), permit(3, 900))).toBe("up");
  });

  it("condemns nobody for silence while the other does not hold the permit", () => {
    expect(verdict(permit(3, old), without())).toBe("open");
    expect(verdict(permit(3, old), null)).toBe("open");
    expect(verdict(null, null)).toBe("open");
    expect(verdict(permit(3, old), permit(2, old))).toBe("open");
  });

  it("believes no old answer: who had no permit then may have one now", () => {
    expect(verdict(without(old), without())).toBe("open");
    expect(verdict(refused(old), null)).toBe("open");
  });

  it("leaves who refuses connections at once, whoever else is there", () => {
    expect(verdict(refused(), permit(3))).toBe("down");
    expect(verdict(refused(), without())).toBe("down");
    expect(verdict(refused(), null)).toBe("down");
  });

  it("never has both down while one of them holds the permit", () => {
    const all = [null, ...[20, 900, old].flatMap((ago) => [without(ago), refused(ago)])];
    for (const term of [2, 3]) {
      for (const other of [...all, permit(1), permit(1, old)]) {
        expect(verdict(permit(term), other)).toBe("up");
      }
    }
  });
});
