import { describe, expect, it } from "vitest";
import { decidePresence, presenceAfterCall, statusOfPresence } from "./presence-rule.ts";

const meal = { state: "on_break", reason: "meal" } as const;

describe("an agent's status", () => {
  it("changes at once while no call is in hand", () => {
    expect(decidePresence({ state: "offline", next: null }, { state: "available" })).toEqual({
      kind: "change",
      state: "available",
      reason: null,
    });
    expect(decidePresence({ state: "available", next: null }, meal)).toEqual({
      kind: "change",
      ...meal,
    });
  });
  it("keeps a break for later during a call, and takes it back when asked", () => {
    expect(decidePresence({ state: "on_call", next: null }, meal)).toEqual({
      kind: "later",
      next: meal,
    });
    expect(decidePresence({ state: "wrapping", next: meal }, { state: "available" })).toEqual({
      kind: "later",
      next: null,
    });
  });
  it("does not change while a call rings", () => {
    expect(decidePresence({ state: "offered", next: null }, meal)).toEqual({ kind: "refuse" });
  });
  it("is available after the call unless a break was asked for", () => {
    expect(presenceAfterCall({ state: "wrapping", next: null })).toEqual({
      state: "available",
      reason: null,
    });
    expect(presenceAfterCall({ state: "wrapping", next: meal })).toEqual(meal);
  });
  it("maps to the catalogue's four codes [HCC-DB-02]", () => {
    expect(
      (["available", "offered", "on_call", "wrapping"] as const).map(statusOfPresence),
    ).toEqual(["active", "active", "active", "active"]);
    expect(statusOfPresence("on_break")).toBe("on_break");
    expect(statusOfPresence("offline")).toBe("offline");
  });
});
