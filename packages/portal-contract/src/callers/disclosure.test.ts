import { describe, expect, it } from "vitest";
import { disclosureTo } from "./disclosure.ts";
import { type Authority, callerRelationships, putCallerBodySchema } from "./schemas.ts";

const today = "2026-11-22";
const representative = (over: Partial<Extract<Authority, { kind: "representative" }>> = {}) =>
  ({
    kind: "representative",
    verifiedBy: "document_on_file",
    scope: "all",
    expiresOn: null,
    ...over,
  }) as const;
const to = (relationship: (typeof callerRelationships)[number], authority: Authority) =>
  disclosureTo({ relationship, authority }, today);

describe("what may be said to a caller whose patient was verified", () => {
  it("is everything to the patient", () => {
    expect(to("self", { kind: "self" })).toMatchObject({ scope: "all", withheld: [] });
  });
  it("is nothing until somebody says who is calling", () => {
    expect(disclosureTo(null, today)).toMatchObject({ scope: "none", because: "caller_unknown" });
    expect(to("unknown", { kind: "none" })).toMatchObject({
      scope: "none",
      because: "caller_unknown",
    });
  });
  it("is nothing to anybody else without an authority, however near they are", () => {
    for (const relationship of callerRelationships) {
      if (relationship === "self" || relationship === "unknown") continue;
      expect([relationship, to(relationship, { kind: "none" }).scope]).toEqual([
        relationship,
        "none",
      ]);
      // A row written before the contract refused the pair.
      expect([relationship, to(relationship, { kind: "self" }).scope]).toEqual([
        relationship,
        "none",
      ]);
    }
  });
  it("is what a representative's authority covers, insurance and social security only where meant", () => {
    expect(to("parent", representative({ scope: "scheduling" }))).toMatchObject({
      scope: "scheduling",
      withheld: ["ssn", "insuranceProvider", "insurancePolicyNumber"],
    });
    expect(to("spouse", representative({ scope: "billing" })).withheld).toEqual(["ssn"]);
    expect(to("guardian", representative()).withheld).toEqual([]);
  });
  it("is nothing from the day after a representative's authority ended", () => {
    expect(to("child", representative({ expiresOn: today }))).toMatchObject({
      scope: "all",
      until: today,
    });
    expect(to("child", representative({ expiresOn: "2026-11-21" }))).toMatchObject({
      scope: "none",
      because: "expired",
    });
  });
  it("is medical matters to a professional who treats them", () => {
    expect(to("nurse", { kind: "treating_professional", verifiedBy: "call back" }).scope).toBe(
      "medical",
    );
  });
});

describe("what may be written about a caller", () => {
  const isTaken = (relationship: string, authority: object): boolean =>
    putCallerBodySchema.safeParse({ name: null, relationship, authority, safeContact: null })
      .success;
  it("takes an authority that the relationship can have", () => {
    expect(isTaken("self", { kind: "self" })).toBe(true);
    expect(isTaken("parent", representative())).toBe(true);
    expect(isTaken("pharmacist", { kind: "treating_professional", verifiedBy: "call back" })).toBe(
      true,
    );
    expect(isTaken("spouse", { kind: "none" })).toBe(true);
  });
  it("refuses a spouse who is the patient, a lawyer who treats, and a representative of nobody known", () => {
    expect(isTaken("spouse", { kind: "self" })).toBe(false);
    expect(isTaken("lawyer", { kind: "treating_professional", verifiedBy: "call back" })).toBe(
      false,
    );
    expect(isTaken("unknown", representative())).toBe(false);
    expect(isTaken("self", representative())).toBe(false);
  });
  it("refuses a professional of whom nobody says how it was established", () => {
    expect(isTaken("nurse", { kind: "treating_professional", verifiedBy: " " })).toBe(false);
  });
});
