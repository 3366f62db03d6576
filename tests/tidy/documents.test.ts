import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { readTracked, repositoryRoot, sourceFiles, trackedFiles } from "../repository.ts";

it("links only to files that exist", () => {
  const broken = trackedFiles()
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      [...readTracked(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] ?? "")
        .filter((target) => !existsSync(join(repositoryRoot, dirname(path), target)))
        .map((target) => `${path} → ${target}`),
    );
  expect(broken).toEqual([]);
});

it("draws every package on the map", () => {
  const map = readTracked("ARCHITECTURE.md");
  const packages = new Set(sourceFiles({ withoutTests: true }).map((path) => path.split("/")[1]));
  expect([...packages].filter((name) => !map.includes(`\`${name}/\``))).toEqual([]);
});

it("names for each continuity invariant a test that exists", () => {
  const rows = readTracked("ARCHITECTURE.md")
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line));
  expect(rows.length).toBe(9);
  const missing = rows.flatMap((row) => {
    const named = [...row.matchAll(/`([^`]+\.test\.ts)`: “([^”]+)”/g)];
    if (named.length === 0) return [`no test named in: ${row}`];
    return named
      .filter(([, file, name]) => {
        const path = trackedFiles().find((tracked) => tracked.endsWith(file ?? "?"));
        return path === undefined || !readTracked(path).includes(name ?? "?");
      })
      .map(([, file, name]) => `${file}: “${name}”`);
  });
  expect(missing).toEqual([]);
});
