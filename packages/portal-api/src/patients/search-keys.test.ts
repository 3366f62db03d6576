import { expect, it } from "vitest";
import { nameKey, phoneKey } from "./search-keys.ts";

it("finds a name without its accents, hyphens and case", () => {
  expect(nameKey("  Núñez-O'Brien ")).toBe("nunez obrien");
  expect(nameKey("DE LA CRUZ")).toBe("de la cruz");
  expect(nameKey("Özgür")).toBe("ozgur");
});
it("keeps letters of other scripts", () => {
  expect(nameKey("Иванов")).toBe("иванов");
  expect(nameKey("李 明")).toBe("李 明");
});
it("compares phone numbers by their last ten digits", () => {
  expect(phoneKey("+1 (555) 010-4477")).toBe("5550104477");
  expect(phoneKey("555-010-4477")).toBe("5550104477");
  expect(phoneKey("010 44")).toBeNull();
});
