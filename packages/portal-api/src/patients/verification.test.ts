import { describe, expect, it } from "vitest";
import { addComparisons, type VerificationRecord } from "./verification.ts";

const fresh: VerificationRecord = { wrongAnswers: 0, identifiers: [], isVerified: false };

describe("two identifiers", () => {
  it("verify the caller when both match", () => {
    const record = addComparisons(fresh, [
      { kind: "date_of_birth", matches: true },
      { kind: "ssn_last_four", matches: true },
    ]);
    expect(record).toEqual({
      wrongAnswers: 0,
      identifiers: ["date_of_birth", "ssn_last_four"],
      isVerified: true,
    });
  });
  it("may come in two rounds, but one of them twice is one", () => {
    const once = addComparisons(fresh, [{ kind: "zip_code", matches: true }]);
    expect(addComparisons(once, [{ kind: "zip_code", matches: true }]).isVerified).toBe(false);
    expect(addComparisons(once, [{ kind: "full_name", matches: true }]).isVerified).toBe(true);
  });
  it("do not include the record number, which the card shows", () => {
    const record = addComparisons(fresh, [
      { kind: "mrn", matches: true },
      { kind: "date_of_birth", matches: true },
    ]);
    expect(record.isVerified).toBe(false);
  });
  it("count wrong answers", () => {
    const record = addComparisons(fresh, [
      { kind: "date_of_birth", matches: false },
      { kind: "zip_code", matches: false },
    ]);
    expect(record).toMatchObject({ wrongAnswers: 2, isVerified: false });
  });
});
