import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../layout/index.ts";

const inputs = [
  "packages/portal-web/index.html",
  "packages/portal-web/vite.config.ts",
  "packages/portal-web/package.json",
  "packages/portal-web/{src,public}/**/*",
  "packages/portal-contract/src/**/*.ts",
  "packages/outbox/src/**/*.ts",
  "package-lock.json",
];

/** Builds the screens when their sources changed since the last build; answers whether it did. */
export async function buildWebIfChanged(rootDir: string, signal: AbortSignal): Promise<boolean> {
  if (!existsSync(join(rootDir, "packages/portal-web/index.html"))) return false;
  const stampFile = join(rootDir, ".careline", "web-build.sha256");
  const digest = digestOf(rootDir);
  const isBuilt = existsSync(join(rootDir, "packages/portal-web/dist/index.html"));
  const isCurrent = existsSync(stampFile) && readFileSync(stampFile, "utf8").trim() === digest;
  if (isBuilt && isCurrent) return false;
  await runProgram(
    process.execPath,
    [join(rootDir, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"],
    { cwd: join(rootDir, "packages/portal-web"), env: { HOME: process.env.HOME ?? "/" } },
    signal,
  );
  writeFileSync(stampFile, `${digest}\n`);
  return true;
}

function digestOf(rootDir: string): string {
  const hash = createHash("sha256");
  for (const file of globSync([...inputs], { cwd: rootDir }).toSorted()) {
    const path = join(rootDir, file);
    if (statSync(path).isFile()) hash.update(file).update("\0").update(readFileSync(path));
  }
  return hash.digest("hex");
}
