import {
  callerRelationships,
  putCallerBodySchema,
} from "@careline/portal-contract/callers/index.ts";
import { expect, it } from "vitest";
import { aCall } from "./call-builder.test-data.ts";
import {
  authorityKinds,
  callerOf,
  isComplete,
  newAuthority,
  withRelationship,
} from "./caller-edit.ts";

const parent = {
  name: "Pat Fictional",
  relationship: "parent",
  authority: {
    kind: "representative",
    verifiedBy: "court_order",
    scope: "all",
    expiresOn: null,
  },
  safeContact: null,
} as const;

it("offers for each relationship exactly the kinds of authority that the service takes", () => {
  const kinds = ["none", "self", "treating_professional", "representative"] as const;
  for (const relationship of callerRelationships) {
    const taken = kinds.filter((kind) => {
      const begun = newAuthority(kind);
      const authority =
        begun.kind === "treating_professional" ? { ...begun, verifiedBy: "call back" } : begun;
      return putCallerBodySchema.safeParse({ ...parent, relationship, authority }).success;
    });
    const offered = [...authorityKinds(relationship)].sort();
    // A patient without their own authority is possible in the record, and no choice for anybody.
    const expected = taken.filter((kind) => relationship !== "self" || kind !== "none");
    expect([relationship, offered]).toEqual([relationship, [...expected].sort()]);
  }
});
it("keeps an authority through a change of relationship that can have it, and drops any other", () => {
  expect(withRelationship(parent, "guardian").authority).toEqual(parent.authority);
  expect(withRelationship(parent, "self").authority).toEqual({ kind: "self" });
  expect(withRelationship(parent, "unknown").authority).toEqual({ kind: "none" });
  expect(withRelationship(withRelationship(parent, "self"), "parent").authority).toEqual({
    kind: "none",
  });
});
it("is complete when a professional's proof has words", () => {
  const nurse = { ...parent, relationship: "nurse" } as const;
  const treats = (verifiedBy: string) =>
    ({ ...nurse, authority: { kind: "treating_professional", verifiedBy } }) as const;
  expect(isComplete(treats("  "))).toBe(false);
  expect(isComplete(treats("Called back at the practice"))).toBe(true);
  expect(isComplete(parent)).toBe(true);
});
it("begins with what the call knows of the caller", () => {
  expect(callerOf(aCall()).relationship).toBe("unknown");
  const known = callerOf(aCall({ caller: { ...parent, phone: "+15550100123", version: 3 } }));
  expect(known).toEqual(parent);
});
