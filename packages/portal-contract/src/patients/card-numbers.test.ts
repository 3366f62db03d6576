import { describe, expect, it } from "vitest";
import { hasCardNumber, redactCardNumbers } from "./card-numbers.ts";

// Published test numbers of the card schemes; they belong to nobody.
const visa = "4111111111111111";
const amex = "378282246310005";

describe("payment card numbers in free text", () => {
  it("finds a number however it is grouped [HCC-SEC-05]", () => {
    for (const text of [visa, "4111 1111 1111 1111", "4111-1111-1111-1111", `pays with ${amex}.`]) {
      expect(hasCardNumber(text), text).toBe(true);
    }
  });
  it("finds a number typed in full-width digits", () => {
    expect(hasCardNumber("４１１１１１１１１１１１１１１１")).toBe(true);
  });
  it("leaves phone numbers, record numbers and wrong check digits alone", () => {
    for (const text of [
      "+1 555 010 4477",
      "MRN-00012345678",
      "4111111111111112",
      "0000000000000000",
    ]) {
      expect(hasCardNumber(text), text).toBe(false);
    }
  });
  it("finds a number that other digits follow or precede, as an expiry date does", () => {
    expect(redactCardNumbers("4111 1111 1111 1111 12 27")).toEqual({
      text: "[card number removed] 12 27",
      count: 1,
    });
    expect(redactCardNumbers(`07-${amex}`).count).toBe(1);
  });
  it("removes each number and says how many, keeping the rest of the text [HCC-SEC-05]", () => {
    expect(redactCardNumbers(`first ${visa}, then ${amex}; call back 555-010-4477`)).toEqual({
      text: "first [card number removed], then [card number removed]; call back 555-010-4477",
      count: 2,
    });
  });
  it("returns text without card numbers unchanged, character for character", () => {
    const text = "ｆｕｌｌ－ｗｉｄｔｈ words, naïve café, 1234";
    expect(redactCardNumbers(text)).toEqual({ text, count: 0 });
  });
});
