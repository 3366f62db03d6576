import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Layout, runProgram } from "../layout/index.ts";

const parts = ["package.json", "package-lock.json", "node_modules", "packages", ".careline/node"];

/**
 * Where the servers' user may not enter the clone (root's home), the daemons run from a copy of
 * its code. Hard links where the file system allows, so that it takes seconds and little space.
 */
export async function refreshAppCopy(layout: Layout, signal: AbortSignal): Promise<void> {
  if (layout.appDir === layout.rootDir) return;
  mkdirSync(join(layout.appDir, ".careline"), { recursive: true });
  for (const part of parts) {
    const from = join(layout.rootDir, part);
    if (!existsSync(from)) continue;
    const to = join(layout.appDir, part);
    const script = `rm -rf "$1" && { cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; }; } && chmod -R a+rX "$1"`;
    await runProgram("/bin/sh", ["-c", script, from, to], {}, signal);
  }
}
