import { existsSync, writeFileSync } from "node:fs";
import { type Random, systemRandom } from "@careline/platform";
import type { Layout } from "./layout.ts";
import { giveTo } from "./owner.ts";

/** The file of a secret, made on first use: 256 random bits, base64url, readable by the owner only. */
export function ensureSecret(layout: Layout, name: string, random: Random = systemRandom): string {
  return ensureSecretText(layout, name, () => Buffer.from(random.bytes(32)).toString("base64url"));
}

/** The file of a secret whose text `make` invents on first use. */
export function ensureSecretText(layout: Layout, name: string, make: () => string): string {
  const file = layout.secretFile(name);
  if (!existsSync(file)) {
    writeFileSync(file, make(), { mode: 0o600, flag: "wx" });
    giveTo(layout.owner, file);
  }
  return file;
}
