import { createAdverseEventBodySchema } from "@careline/portal-contract/adverse-events/schemas.ts";
import { assessValidity } from "@careline/portal-contract/adverse-events/validity.ts";
import { expect, it } from "vitest";
import { aDrug, aReaction, emptyReport, fieldsToSend, withKnown } from "./report-draft.ts";

const known = {
  patientId: "0199c0de-0000-7000-8000-0000000000b1",
  callerName: "Demo Caller",
  callerPhone: "+15550100123",
  relationship: "self",
} as const;

it("takes patient and reporter from the call, so that nothing is typed twice [HCC-POR-05]", () => {
  const fields = withKnown(emptyReport.fields, known);
  expect(assessValidity(fields)).toMatchObject({
    patient: true,
    reporter: true,
    reaction: false,
    drug: false,
  });
  expect(fields.reporter.type).toBe("patient");
});
it("never overwrites what was typed", () => {
  const typed = {
    ...emptyReport.fields,
    reporter: { type: "lawyer", name: "Other Person", contact: null },
  } as const;
  expect(withKnown(typed, known).reporter).toEqual({
    type: "lawyer",
    name: "Other Person",
    contact: "+15550100123",
  });
});
it("sends an incomplete report without its empty rows, in the contract's shape", () => {
  const fields = {
    ...emptyReport.fields,
    reactions: [aReaction("0199c0de-0000-7000-8000-0000000000c1")],
    drugs: [aDrug("0199c0de-0000-7000-8000-0000000000c2")],
  };
  const body = {
    ...fieldsToSend(fields),
    eventId: "0199c0de-0000-7000-8000-0000000000e1",
    callId: "0199c0de-0000-7000-8000-000000000001",
    awareness: { clientInstant: "2026-11-22T09:00:00.000Z", zone: "Europe/Madrid" },
  };
  expect(createAdverseEventBodySchema.parse(body)).toMatchObject({ reactions: [], drugs: [] });
});
