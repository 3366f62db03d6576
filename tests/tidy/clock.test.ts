import { expect, it } from "vitest";
import { readTracked, sourceFiles } from "../repository.ts";

/** The modules that may read time: one for processes, one for the browser, one for the outbox library. */
const clockModules = [
  "packages/platform/src/clock.ts",
  /^packages\/portal-web\/src\/(?:[^/]+\/)?[^/]*clock\.ts$/,
  /^packages\/outbox\/src\/(?:[^/]+\/)?[^/]*clock\.ts$/,
];

const forbidden =
  /\bDate\.now\(|\bnew Date\(\s*\)|(?<![.\w])(?:window\.|globalThis\.)?set(?:Timeout|Interval)\(|\bperformance\.now\(|\bAbortSignal\.timeout\(|node:timers|process\.hrtime/;

function isComment(line: string): boolean {
  return /^\s*(?:\*|\/\/|\/\*)/.test(line);
}

it("reads time in the clock modules only", () => {
  const wrong = sourceFiles({ withoutTests: true })
    .filter(
      (path) =>
        !clockModules.some((module) =>
          typeof module === "string" ? module === path : module.test(path),
        ),
    )
    .flatMap((path) =>
      readTracked(path)
        .split("\n")
        .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
        .filter(({ line }) => forbidden.test(line) && !isComment(line))
        .map(({ at, line }) => `${at} ${line.trim()}`),
    );
  expect(wrong).toEqual([]);
});
