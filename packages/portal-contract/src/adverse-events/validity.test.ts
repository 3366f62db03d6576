import { describe, expect, it } from "vitest";
import type { AdverseEventFields, EventDrug, Reaction } from "./schemas.ts";
import { assessValidity, isSeriousCase } from "./validity.ts";

const aReaction = (over: Partial<Reaction> = {}): Reaction => ({
  reactionId: "0198f1aa-0000-7000-8000-000000000001",
  verbatim: "dizzy after the second tablet",
  severity: "moderate",
  seriousness: [],
  outcome: "recovering",
  startedOn: null,
  endedOn: null,
  ...over,
});
const aDrug = (over: Partial<EventDrug> = {}): EventDrug => ({
  drugId: "0198f1aa-0000-7000-8000-000000000002",
  name: "Fictizol",
  role: "suspect",
  dosage: null,
  route: null,
  indication: null,
  batchNumber: null,
  startedOn: null,
  endedOn: null,
  action: "unknown",
  ...over,
});
const aReport = (over: Partial<AdverseEventFields> = {}): AdverseEventFields => ({
  patient: { patientId: null, initials: "A.F.", ageYears: null, ageGroup: null, sex: "unknown" },
  reporter: { type: "patient", name: "Ada Fictional", contact: null },
  reactions: [aReaction()],
  drugs: [aDrug()],
  eventDate: null,
  narrative: null,
  followUpRequired: false,
  ...over,
});

describe("the four criteria of a valid report", () => {
  it("is valid with patient, reporter, reaction and suspect product [HCC-POR-05]", () => {
    expect(assessValidity(aReport())).toEqual({
      patient: true,
      reporter: true,
      reaction: true,
      drug: true,
      isValid: true,
    });
  });
  it("takes any one identifying detail of the patient, and none of them is not enough", () => {
    const nobody = {
      patientId: null,
      initials: null,
      ageYears: null,
      ageGroup: null,
      sex: "unknown",
    } as const;
    expect(assessValidity(aReport({ patient: nobody })).patient).toBe(false);
    expect(assessValidity(aReport({ patient: { ...nobody, ageYears: 0 } })).patient).toBe(true);
    expect(assessValidity(aReport({ patient: { ...nobody, sex: "female" } })).patient).toBe(true);
    expect(assessValidity(aReport({ patient: { ...nobody, ageGroup: "elderly" } })).patient).toBe(
      true,
    );
  });
  it("does not take a reporter's profession for an identity", () => {
    const reporter = { type: "physician", name: "  ", contact: null } as const;
    expect(assessValidity(aReport({ reporter }))).toMatchObject({
      reporter: false,
      isValid: false,
    });
  });
  it("needs a suspect or interacting product, not only a concomitant one", () => {
    expect(assessValidity(aReport({ drugs: [aDrug({ role: "concomitant" })] })).drug).toBe(false);
    expect(assessValidity(aReport({ drugs: [aDrug({ role: "interacting" })] })).drug).toBe(true);
  });
  it("needs words for the reaction", () => {
    expect(assessValidity(aReport({ reactions: [aReaction({ verbatim: " " })] })).reaction).toBe(
      false,
    );
    expect(assessValidity(aReport({ reactions: [] })).reaction).toBe(false);
  });
});

describe("seriousness", () => {
  it("belongs to the reaction: one serious reaction makes the case serious [HCC-DB-06]", () => {
    expect(
      isSeriousCase({ reactions: [aReaction(), aReaction({ seriousness: ["hospitalisation"] })] }),
    ).toBe(true);
  });
  it("is not severity: a severe headache alone is not serious", () => {
    expect(isSeriousCase({ reactions: [aReaction({ severity: "severe" })] })).toBe(false);
  });
});
