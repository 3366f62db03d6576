import {
  callerRelationships,
  putCallerBodySchema,
} from "@careline/portal-contract/callers/index.ts";
import { expect, it } from "vitest";
import { aCall } from "./call-builder.test-data.ts";
import {
  authorityKinds,
  callerOf,
  editFor,
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
const rosa = "0199c0de-0000-7000-8000-0000000000b1";
const leo = "0199c0de-0000-7000-8000-0000000000b2";
const aCallBy = (standings: NonNullable<ReturnType<typeof aCall>["caller"]>["standings"]) =>
  aCall({ caller: { ...parent, phone: "+15550100123", standings, version: 3 } });

it("begins with what the call knows of the caller", () => {
  expect(callerOf(aCall(), null).relationship).toBe("unknown");
  expect(callerOf(aCallBy([]), null)).toEqual({ ...parent, patientId: null });
  // Said before anybody was chosen: for whoever is opened now.
  expect(callerOf(aCallBy([]), rosa)).toEqual({ ...parent, patientId: rosa });
});
it("says of a patient what was said of them, and nothing of one patient about another", () => {
  const { relationship, authority } = parent;
  const call = aCallBy([{ patientId: rosa, relationship, authority }]);
  expect(callerOf(call, rosa)).toMatchObject({ relationship, authority });
  expect(callerOf(call, leo)).toMatchObject({
    name: parent.name,
    relationship: "unknown",
    authority: { kind: "none" },
  });
});
it("takes to another patient's card the name that was typed, and not the relationship", () => {
  const call = aCall();
  const typed = { ...parent, name: "Somebody Typed", patientId: null };
  expect(editFor(typed, call, rosa)).toEqual({ ...typed, patientId: rosa });
  expect(editFor({ ...typed, patientId: rosa }, call, leo)).toMatchObject({
    name: "Somebody Typed",
    relationship: "unknown",
    patientId: leo,
  });
});
