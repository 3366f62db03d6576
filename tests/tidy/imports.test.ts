import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { readTracked, sourceFiles } from "../repository.ts";

/** What each package may import; ARCHITECTURE.md draws the same map. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  "continuity-core": ["platform"],
  continuity: ["continuity-core", "platform"],
  "portal-contract": [],
  outbox: ["portal-contract"],
  "portal-api": ["portal-contract", "platform"],
  "portal-web": ["portal-contract", "outbox"],
  lab: ["continuity", "continuity-core", "outbox", "platform", "portal-api", "portal-contract"],
  cli: ["continuity-core", "lab", "platform"],
};

/** Commands of the CLI that may load the lab; every other command reaches controllers by HTTP. */
const importPattern = /(?:from\s+|import\s*\(\s*|import\s+)"([^"]+)"/g;

function importsOf(path: string): readonly string[] {
  return [...readTracked(path).matchAll(importPattern)].map((match) => match[1] ?? "");
}

it("keeps imports between packages one way", () => {
  const wrong: string[] = [];
  for (const path of sourceFiles({ withoutTests: false })) {
    const owner = path.split("/")[1] ?? "";
    for (const target of importsOf(path)) {
      const workspace = /^@careline\/([^/]+)/.exec(target)?.[1];
      if (workspace === undefined || workspace === owner) continue;
      if (!(mayImport[owner] ?? []).includes(workspace)) wrong.push(`${path} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("never reaches another package by a relative path", () => {
  const wrong: string[] = [];
  for (const path of sourceFiles({ withoutTests: false })) {
    const own = path.split("/").slice(0, 3).join("/");
    for (const target of importsOf(path)) {
      if (!target.startsWith(".")) continue;
      const reached = normalize(join(dirname(path), target));
      if (!reached.startsWith(`${own}/`) && /\.tsx?$/.test(reached))
        wrong.push(`${path} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("lets the pure packages import no I/O", () => {
  const pure = ["continuity-core", "portal-contract"];
  const allowed = new Set(["node:worker_threads", "node:os", "node:url", "node:path"]);
  const wrong = sourceFiles({ withoutTests: true })
    .filter((path) => pure.includes(path.split("/")[1] ?? "") && !path.includes("/src/sim/"))
    .flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith("node:") && !allowed.has(target))
        .map((target) => `${path} → ${target}`),
    );
  expect(wrong).toEqual([]);
});
