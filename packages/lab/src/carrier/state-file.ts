import { readFileSync, renameSync, writeFileSync } from "node:fs";
import {
  carrierCallSchema,
  providerEventSchema,
} from "@careline/portal-contract/telephony/schemas.ts";
import { z } from "zod";
import { streamBodySchema } from "./carrier-config.ts";

const savedCallSchema = carrierCallSchema.extend({
  /** Milliseconds left until the caller gives up, or the callee decides; null when nobody will. */
  remainingMs: z.number().nullable(),
  answeredCommands: z.array(z.tuple([z.uuid(), z.boolean()])),
});
const stateSchema = z.strictObject({
  calls: z.array(savedCallSchema),
  waiting: z.array(providerEventSchema),
  stream: streamBodySchema,
});
export type SavedState = z.infer<typeof stateSchema>;
export type SavedCall = z.infer<typeof savedCallSchema>;

/** The state of the life before, or null on the first start. A damaged file is an error: calls would be lost silently. */
export function readState(path: string): SavedState | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  return stateSchema.parse(JSON.parse(text));
}

/** Replaces the file in one step: a crash leaves the old or the new one, never half. */
export function writeState(path: string, state: SavedState): void {
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
