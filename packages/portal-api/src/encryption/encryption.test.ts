import { expect, it } from "vitest";
import { createFieldCipher, KeyRing } from "./index.ts";

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64url");
const ring = new KeyRing({ current: "k1", keys: { k1: key(1) } });
const cipher = createFieldCipher(ring);

it("opens what it sealed, in its own place only [HCC-SEC-07]", async () => {
  const sealed = await cipher.seal("patient_ssn", "p1", "000-12-3456");
  expect(sealed).not.toContain("3456");
  expect(await cipher.open("patient_ssn", "p1", sealed)).toBe("000-12-3456");
  await expect(cipher.open("patient_ssn", "p2", sealed)).rejects.toMatchObject({
    code: "FIELD_UNREADABLE",
  });
  await expect(cipher.open("insurance_policy", "p1", sealed)).rejects.toMatchObject({
    code: "FIELD_UNREADABLE",
  });
});

it("seals the same value differently each time, but finds it by its blind index", async () => {
  expect(await cipher.seal("f", "r", "same")).not.toBe(await cipher.seal("f", "r", "same"));
  expect(cipher.blindIndex("f", "same")).toBe(cipher.blindIndex("f", "same"));
  expect(cipher.blindIndex("f", "same")).not.toBe(cipher.blindIndex("g", "same"));
});

it("refuses what was altered", async () => {
  const sealed = await cipher.seal("f", "r", "value");
  const parts = sealed.split(".");
  parts[3] = Buffer.from("other").toString("base64url");
  await expect(cipher.open("f", "r", parts.join("."))).rejects.toMatchObject({
    code: "FIELD_UNREADABLE",
  });
});

it("opens old values after a new key became current, and keeps its blind indexes", async () => {
  const sealed = await cipher.seal("f", "r", "value");
  const rotated = createFieldCipher(
    new KeyRing({ current: "k2", keys: { k1: key(1), k2: key(2) }, blindIndexKey: "k1" }),
  );
  expect(await rotated.open("f", "r", sealed)).toBe("value");
  expect(rotated.blindIndex("f", "value")).toBe(cipher.blindIndex("f", "value"));
  const newer = await rotated.seal("f", "r", "value");
  await expect(cipher.open("f", "r", newer)).rejects.toMatchObject({ code: "FIELD_UNREADABLE" });
});

it("refuses a keys file with a short key, or without the key that it calls current", () => {
  expect(() => new KeyRing({ current: "k1", keys: { k1: "AAAA" } })).toThrow(
    expect.objectContaining({ code: "KEYS_INVALID" }),
  );
  expect(() => new KeyRing({ current: "k2", keys: { k1: key(1) } })).toThrow(
    expect.objectContaining({ code: "KEYS_INVALID" }),
  );
});
