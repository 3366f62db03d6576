import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Absolute path of the checkout. */
export const repositoryRoot = resolve(import.meta.dirname, "..");

/** Paths, relative to the checkout, of every file git tracks or would track. */
export function trackedFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: repositoryRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split("\n").filter((path) => path !== "" && existsSync(join(repositoryRoot, path)));
}

export function readTracked(path: string): string {
  return readFileSync(join(repositoryRoot, path), "utf8");
}

/** TypeScript sources under packages/, tests included unless `withoutTests`. */
export function sourceFiles(options: { readonly withoutTests: boolean }): readonly string[] {
  return trackedFiles().filter(
    (path) =>
      /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path) &&
      !path.endsWith(".d.ts") &&
      !(options.withoutTests && /\.test\.tsx?$/.test(path)),
  );
}

/** The folder with requirement catalogues and test data, or undefined where it is absent. */
export function sharedFolder(): string | undefined {
  const folder = process.env.CARELINE_SHARED ?? resolve(repositoryRoot, "..", "shared");
  return existsSync(folder) ? folder : undefined;
}
