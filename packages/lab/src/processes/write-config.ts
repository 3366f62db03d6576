import { renameSync, writeFileSync } from "node:fs";
import { giveTo, type Layout } from "../layout/index.ts";

/** Writes a configuration file whole at once, readable by the owner only. Answers with its path. */
export function writeConfigText(layout: Layout, name: string, text: string): string {
  const file = layout.configFile(name);
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  giveTo(layout.owner, `${file}.new`);
  renameSync(`${file}.new`, file);
  return file;
}

/** {@link writeConfigText} as JSON. */
export function writeConfig(layout: Layout, name: string, config: unknown): string {
  return writeConfigText(layout, name, `${JSON.stringify(config, null, 2)}\n`);
}
