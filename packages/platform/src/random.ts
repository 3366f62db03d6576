import { randomBytes, randomUUID } from "node:crypto";

/** Randomness as a dependency, so that simulations and tests can repeat a run from a seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  uuid(): string;
  bytes(count: number): Uint8Array;
}

/** Cryptographically strong randomness of this machine. */
export const systemRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  uuid: () => randomUUID(),
  bytes: (count) => randomBytes(count),
};

/** A seeded generator (mulberry32) for simulations. Never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
  return {
    next,
    bytes,
    uuid() {
      const hex = Buffer.from(bytes(16)).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}

/** A UUIDv7 (RFC 9562): 48 bits of wall-clock milliseconds, then randomness, so that ids sort by creation. */
export function uuidV7(wallMs: number, random: Random): string {
  const time = Math.floor(wallMs).toString(16).padStart(12, "0");
  const noise = Buffer.from(random.bytes(10)).toString("hex");
  const variant = ((Number.parseInt(noise.slice(4, 6), 16) & 0x3f) | 0x80).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${noise.slice(0, 3)}-${variant}${noise.slice(6, 8)}-${noise.slice(8, 20)}`;
}
