import { createHash } from "node:crypto";

/**
 * A UUID (version 8, RFC 9562) that both regions derive alike from what the provider calls a thing, so that a log replayed
 * after a failover makes the same record and not a second one.
 */
export function derivedId(...parts: readonly string[]): string {
  const hex = createHash("sha256").update(parts.join("\n")).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80)
    .toString(16)
    .padStart(2, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
