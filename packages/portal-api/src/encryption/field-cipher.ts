import { createHmac } from "node:crypto";
import type { KeyRing } from "./keys.ts";
import { open, seal } from "./sealed-text.ts";

/** What a field is, so that a ciphertext cannot be moved to another column. Snake case: `patient_ssn`. */
export type FieldName = string;

/** Encrypts single columns. Compact JWE (RFC 7516), `dir` + A256GCM, `kid` names the key. */
export interface FieldCipher {
  /** Ciphertext of `plain`; the field name and `recordId` are bound in, so it opens in that place only. */
  seal(field: FieldName, recordId: string, plain: string): Promise<string>;
  /** Errors: FIELD_UNREADABLE when it was sealed for another place, altered, or its key is absent. */
  open(field: FieldName, recordId: string, sealed: string): Promise<string>;
  /** Keyed hash of a normalised value for equality search, 32 bytes as lower-case hex. The caller normalises. */
  blindIndex(field: FieldName, normalised: string): string;
}

/** The cipher of an installation's keys. */
export function createFieldCipher(keys: KeyRing): FieldCipher {
  const place = (field: FieldName, recordId: string): string => `${field}/${recordId}`;
  return {
    seal: (field, recordId, plain) => seal(keys, "fields", place(field, recordId), plain),
    async open(field, recordId, sealed) {
      return (await open(keys, "fields", place(field, recordId), sealed)).toString("utf8");
    },
    blindIndex: (field, normalised) =>
      createHmac("sha256", keys.blindIndexKey).update(`${field}\0${normalised}`).digest("hex"),
  };
}
