import { generateKeyPair } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { type Random, systemRandom } from "@careline/platform";
import type { JWK } from "oidc-provider";
import { z } from "zod";

const generate = promisify(generateKeyPair);
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** The provider's own signing key (RS256), made at the first start and kept. */
export async function ensureSigningKeys(
  file: string,
  random: Random = systemRandom,
): Promise<{ keys: JWK[] }> {
  if (!existsSync(file)) {
    const { privateKey } = await generate("rsa", { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" };
    const keys = [{ ...key, kid: random.uuid() }];
    writeFileSync(`${file}.new`, JSON.stringify({ keys }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return { keys: keySetSchema.parse(JSON.parse(readFileSync(file, "utf8"))).keys as JWK[] };
}
