import { describe, expect, it } from "vitest";
import { demoAgents, demoPatient } from "./demo-people.ts";

const patients = Array.from({ length: 500 }, (_, index) => demoPatient(index + 1));

describe("demonstration people", () => {
  it("are the same on every machine", () => {
    expect(demoPatient(17)).toEqual(demoPatient(17));
  });
  it("cannot be anybody: numbers reserved for fiction, SSNs never issued, example addresses", () => {
    for (const patient of patients) {
      expect(patient.phone).toMatch(/^\+1(555555|\d{3}555)01\d\d$/);
      expect(patient.ssn).toMatch(/^000-\d{2}-\d{4}$/);
      expect(patient.email).toMatch(/@example\.com$/);
    }
  });
  it("have record numbers of their own", () => {
    expect(new Set(patients.map((patient) => patient.mrn)).size).toBe(patients.length);
  });
  it("share some callers' numbers, so that a chooser has something to choose", () => {
    const numbers = patients.map((patient) => patient.phone);
    expect(numbers.filter((phone) => phone === "+15555550100")).toHaveLength(2);
  });
  it("are led by two supervisors per team of a hundred agents", () => {
    const staff = demoAgents(500);
    const team = staff.filter((one) => one.team === 1);
    expect(team.filter((one) => one.role === "agent")).toHaveLength(100);
    expect(team.filter((one) => one.role === "supervisor")).toHaveLength(2);
    expect(new Set(staff.map((one) => one.login)).size).toBe(512);
  });
});
