import { CompactEncrypt, compactDecrypt } from "jose";
import { PortalError } from "../problems/index.ts";
import type { KeyPurpose, KeyRing } from "./keys.ts";

const utf8 = new TextEncoder();

/** Compact JWE (RFC 7516), `dir` + A256GCM. `context` is bound in: it opens under the same one only. */
export async function seal(
  keys: KeyRing,
  purpose: KeyPurpose,
  context: string,
  plain: string | Uint8Array,
): Promise<string> {
  const bytes = typeof plain === "string" ? utf8.encode(plain) : plain;
  return new CompactEncrypt(bytes)
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: keys.currentId, ctx: context })
    .encrypt(keys.current(purpose));
}

/** Errors: FIELD_UNREADABLE when it was altered, sealed for another context or purpose, or its key is absent. */
export async function open(
  keys: KeyRing,
  purpose: KeyPurpose,
  context: string,
  sealed: string,
): Promise<Buffer> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      (header) => keys.derive(purpose, header.kid ?? ""),
      { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] },
    );
    if (protectedHeader.ctx !== context) throw new TypeError("sealed for another place");
    return Buffer.from(plaintext);
  } catch (cause) {
    throw new PortalError("FIELD_UNREADABLE", `cannot open what was sealed for ${purpose}`, {
      cause,
    });
  }
}
