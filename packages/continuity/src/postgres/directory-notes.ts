import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { PostgresConfig } from "../config.ts";
import { readDataId, replaceFile } from "./configuration.ts";

/** What is known of a data directory and cannot be read while its server is down. Void once its data id changes. */
const notesSchema = z.object({
  dataId: z.string(),
  newestTerm: z.number().int().nullable(),
  isQuarantined: z.boolean(),
  isReported: z.boolean(),
});
export type DirectoryNotes = z.infer<typeof notesSchema>;

const pathOf = (config: PostgresConfig): string => join(config.configDir, "directory-notes.json");

/** The notes of the directory that is there now; blank ones when they were of another. */
export function readNotes(config: PostgresConfig): DirectoryNotes {
  const dataId = readDataId(config) ?? "";
  const blank = { dataId, newestTerm: null, isQuarantined: false, isReported: false };
  if (!existsSync(pathOf(config))) return blank;
  const parsed = notesSchema.safeParse(JSON.parse(readFileSync(pathOf(config), "utf8")));
  return parsed.success && parsed.data.dataId === dataId ? parsed.data : blank;
}

export function writeNotes(config: PostgresConfig, notes: DirectoryNotes): void {
  replaceFile(pathOf(config), `${JSON.stringify(notes)}\n`);
}
