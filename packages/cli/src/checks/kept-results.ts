import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

/** The last result of something that only the full test proves. */
export const keptResultSchema = z.strictObject({
  name: z.string(),
  what: z.string(),
  /** Date of the run, UTC. */
  date: z.iso.date(),
  passed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  tookMs: z.number(),
});
export type KeptResult = z.infer<typeof keptResultSchema>;

const fileSchema = z.strictObject({ results: z.array(keptResultSchema) });

/** Results by stage, in a file that is committed: docs/reference/full-test-results.json. */
export function readKeptResults(file: string): readonly KeptResult[] {
  if (!existsSync(file)) return [];
  return fileSchema.parse(JSON.parse(readFileSync(file, "utf8"))).results;
}

/** Keeps a result in place of an older one of the same name. */
export function keepResult(file: string, result: KeptResult): void {
  mkdirSync(dirname(file), { recursive: true });
  const others = readKeptResults(file).filter(({ name }) => name !== result.name);
  const results = [...others, result].toSorted((a, b) => a.name.localeCompare(b.name));
  writeFileSync(`${file}.new`, `${JSON.stringify({ results }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
