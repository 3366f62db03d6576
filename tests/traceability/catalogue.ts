import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readTracked, trackedFiles } from "../repository.ts";

export interface Requirement {
  readonly id: string;
  readonly kind: string;
  readonly verify: "test" | "lab" | "infra" | "document";
  readonly document: string;
}

interface CatalogueFile {
  readonly system: string;
  readonly prefix: string;
  readonly requirements: readonly { id: string; kind: string; verify: Requirement["verify"] }[];
}

/** All requirements of the catalogue folder, in its order. */
export function readCatalogue(folder: string): readonly Requirement[] {
  return readdirSync(join(folder, "requirements"))
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => {
      const file = parse(readFileSync(join(folder, "requirements", name), "utf8")) as CatalogueFile;
      return file.requirements.map((entry) => ({
        id: entry.id,
        kind: entry.kind,
        verify: entry.verify,
        document: file.system,
      }));
    });
}

export interface Proof {
  readonly id: string;
  readonly file: string;
  readonly test: string;
}

const idPattern = /\[([A-Z]{3}-[A-Z]+-\d{2})\]/g;

/** Every requirement id carried by a test's name, with the file that holds the test. */
export function readProofs(): readonly Proof[] {
  return trackedFiles()
    .filter((path) => /\.(?:test|journey)\.tsx?$|\/drill\/scenarios\/.*\.ts$/.test(path))
    .flatMap((path) =>
      [
        ...readTracked(path).matchAll(
          /\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*(["'`])((?:(?!\1).)*)\1/gs,
        ),
      ].flatMap((match) => {
        const name = (match[2] ?? "").replaceAll(/\s+/g, " ");
        return [...name.matchAll(idPattern)].map((found) => ({
          id: found[1] ?? "",
          file: path,
          test: name.replaceAll(idPattern, "").trim(),
        }));
      }),
    );
}
