import { hkdfSync } from "node:crypto";
import { type Random, readConfig } from "@careline/platform";
import { z } from "zod";
import { PortalError } from "../problems/index.ts";

/**
 * The keys file: the same in both regions, escrowed. `current` seals, every key opens. A key is rotated by adding one and making it
 * current; it may be removed when nothing sealed with it is left.
 */
export const keysFileSchema = z.strictObject({
  current: z.string().min(1),
  keys: z.record(z.string().regex(/^[\w-]{1,50}$/), z.base64url()),
  /** Blind indexes cannot be rotated in place, so they hang on one named key. Default: the first in the file. */
  blindIndexKey: z.string().optional(),
});

/** A keys file with one new key, for a new installation. Both regions get the same file. */
export function newKeysFile(random: Random): z.input<typeof keysFileSchema> {
  return { current: "k1", keys: { k1: Buffer.from(random.bytes(32)).toString("base64url") } };
}

/** What a derived key is for. A key of one purpose opens nothing of another. */
export type KeyPurpose = "fields" | "answers" | "sign-in" | "blind-index" | "cache";

/** Keys by id, each derived per purpose with HKDF-SHA-256. */
export class KeyRing {
  readonly currentId: string;
  readonly #blindIndexId: string;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #derived = new Map<string, Uint8Array>();

  /** Errors: KEYS_INVALID. */
  constructor(file: z.output<typeof keysFileSchema>) {
    this.#keys = new Map(
      Object.entries(file.keys).map(([id, text]) => [id, Buffer.from(text, "base64url")]),
    );
    for (const [id, key] of this.#keys) {
      if (key.length !== 32)
        throw new PortalError("KEYS_INVALID", `key ${id} is not 32 bytes long`);
    }
    this.currentId = file.current;
    this.#blindIndexId = file.blindIndexKey ?? Object.keys(file.keys)[0] ?? "";
    for (const id of [this.currentId, this.#blindIndexId]) {
      if (!this.#keys.has(id))
        throw new PortalError("KEYS_INVALID", `the keys file names ${id}, which is not in it`);
    }
  }

  static read(path: string): KeyRing {
    return new KeyRing(readConfig(path, keysFileSchema));
  }

  current(purpose: KeyPurpose): Uint8Array {
    return this.derive(purpose, this.currentId);
  }

  get blindIndexKey(): Uint8Array {
    return this.derive("blind-index", this.#blindIndexId);
  }

  /** Errors: FIELD_UNREADABLE when the key is not in the file. */
  derive(purpose: KeyPurpose, id: string): Uint8Array {
    const name = `${purpose}/${id}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const key = this.#keys.get(id);
    if (key === undefined)
      throw new PortalError(
        "FIELD_UNREADABLE",
        "sealed with a key that the keys file does not hold",
      );
    const derived = new Uint8Array(
      hkdfSync("sha256", key, new Uint8Array(), `careline/${purpose}/1`, 32),
    );
    this.#derived.set(name, derived);
    return derived;
  }
}
