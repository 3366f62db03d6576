import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskEmail, maskedSsn, maskPhone } from "./masking.ts";

describe("masking", () => {
  it("shows a social security number as XXX-XX-XXXX [HCC-SEC-02]", () => {
    expect(maskedSsn).toBe("XXX-XX-XXXX");
  });
  it("shows an e-mail as aXXX@XXXX.com [HCC-SEC-03]", () => {
    expect(maskEmail("ada.fictional@example.com")).toBe("aXXX@XXXX.com");
    expect(maskEmail("b@mail.example.org")).toBe("bXXX@XXXX.org");
    expect(maskEmail("not an address")).toBe("XXXX");
  });
  it("shows a phone as XXX-XXX-1234 [HCC-SEC-04]", () => {
    expect(maskPhone("+1 (555) 010-1234")).toBe("XXX-XXX-1234");
    expect(maskPhone("1234")).toBe("XXX-XXX-XXXX");
  });
  it("never shows more than the last four digits of any number", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{7,15}$/), (digits) => {
        expect(maskPhone(digits).replace(/\D/g, "")).toBe(digits.slice(-4));
      }),
    );
  });
});
