import type { Sealer } from "./ports.ts";

/** A CryptoKey; named here because Node and browsers declare that type differently. */
export type SealingKey = Parameters<typeof crypto.subtle.encrypt>[1];

const IV_BYTES = 12;

/** A new AES-GCM key that no script can read out. A browser keeps it in IndexedDB, one per user. */
export function createSealingKey(): Promise<SealingKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** AES-256-GCM with a fresh 96-bit nonce in front of each sealed text; the context is authenticated with it. */
export function webCryptoSealer(key: SealingKey): Sealer {
  const encoder = new TextEncoder();
  return {
    async seal(plain, context) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const cipher = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: encoder.encode(context) },
        key,
        Uint8Array.from(plain),
      );
      const sealed = new Uint8Array(IV_BYTES + cipher.byteLength);
      sealed.set(iv);
      sealed.set(new Uint8Array(cipher), IV_BYTES);
      return sealed;
    },
    async open(sealed, context) {
      const plain = await crypto.subtle.decrypt(
        {
          name: "AES-GCM",
          iv: Uint8Array.from(sealed.subarray(0, IV_BYTES)),
          additionalData: encoder.encode(context),
        },
        key,
        Uint8Array.from(sealed.subarray(IV_BYTES)),
      );
      return new Uint8Array(plain);
    },
  };
}
