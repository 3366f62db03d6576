import { createSealingKey } from "@careline/outbox";
import type { OutboxDatabase } from "./outbox-database.ts";

/**
 * The owner's non-extractable sealing key, made on first use. `add` refuses a second key: of two tabs
 * that start at once, the slower one reads the key of the faster.
 */
export async function ownerKey(database: OutboxDatabase, owner: string): Promise<CryptoKey> {
  const known = await database.get("keys", owner);
  if (known !== undefined) return known;
  const made = await createSealingKey();
  try {
    await database.add("keys", made, owner);
    return made;
  } catch (cause) {
    const other = await database.get("keys", owner);
    if (other !== undefined) return other;
    throw cause;
  }
}
