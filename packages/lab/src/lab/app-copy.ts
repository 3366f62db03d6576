import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Layout, runProgram } from "../layout/index.ts";

const ownCode = ["package.json", "package-lock.json", "packages"];
/** About 600 MB in 40,000 files that change with the lockfile only. */
const dependencies = ["node_modules", ".careline/node"];

/**
 * Where the servers' user may not enter the clone (root's home), the daemons run from a copy of
 * its code. Hard links where the file system allows, so that it takes seconds and little space.
 */
export async function refreshAppCopy(layout: Layout, signal: AbortSignal): Promise<void> {
  if (layout.appDir === layout.rootDir) return;
  mkdirSync(join(layout.appDir, ".careline"), { recursive: true });
  const stamp = join(layout.appDir, ".careline", "package-lock.sha256");
  const digest = createHash("sha256")
    .update(readFileSync(join(layout.rootDir, "package-lock.json")))
    .digest("hex");
  const isCurrent = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  for (const part of isCurrent ? ownCode : [...ownCode, ...dependencies]) {
    await copy(join(layout.rootDir, part), join(layout.appDir, part), signal);
  }
  writeFileSync(stamp, digest);
}

async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  if (!existsSync(from)) return;
  const script = `rm -rf "$1" && { cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; }; } && chmod -R a+rX "$1"`;
  await runProgram("/bin/sh", ["-c", script, from, to], {}, signal);
}
