import { searchPatientsBodySchema } from "@careline/portal-contract/patients/index.ts";
import { expect, it } from "vitest";
import { searchOf } from "./search-input.ts";

it("understands what was typed into the one search line [HCC-POR-08]", () => {
  expect(searchOf("1980-02-28")).toEqual({ by: "birth_date", dateOfBirth: "1980-02-28" });
  expect(searchOf("+1 555 010 0123")).toEqual({ by: "phone", phone: "+1 555 010 0123" });
  expect(searchOf("MRN-00123")).toEqual({ by: "mrn", mrn: "MRN-00123" });
  expect(searchOf("ana@example.org")).toEqual({ by: "email", email: "ana@example.org" });
  expect(searchOf("Peña, Ana")).toEqual({ by: "name", lastName: "Peña", firstName: "Ana" });
});
it("does not search by a single letter", () => {
  expect(searchOf("p")).toBeNull();
  expect(searchOf("   ")).toBeNull();
});
it("only makes searches that the service takes", () => {
  for (const line of [
    "1980-02-28",
    "5550100123",
    "MRN-1",
    "a@b",
    "O'Neil",
    "李小龙",
    "O'Neil, Sean",
    "Wolfeschlegelsteinhausenbergerdorff".repeat(6),
    `Peña, ${"Ana ".repeat(50)}`,
    "\0Peña\u0007",
  ]) {
    expect(searchPatientsBodySchema.safeParse(searchOf(line)).success).toBe(true);
  }
});
it("does not search by a day that no calendar has, nor by what nobody sees", () => {
  expect(searchOf("1980-02-30")).toBeNull();
  expect(searchOf("1980-13-01")).toBeNull();
  expect(searchOf("\0\0\0")).toBeNull();
});
