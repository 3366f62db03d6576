import { expect, it } from "vitest";
import { readTracked, trackedFiles } from "../repository.ts";

const self = "tests/tidy/words.test.ts";
const binary = /\.(?:png|jpg|woff2?|ico|gz|lock)$/;

it("speaks of the product alone", () => {
  // Assembled from halves, so that this file does not contain what it forbids.
  const forbidden = [
    ["/work/", "main"],
    ["/work/", "shared"],
    ["/tmp/", "team"],
    ["farm-", "studio"],
    ["farm-", "bench"],
    ["before-", "stop"],
    ["sub", "agent"],
    ["DEVELOPERS", ".md"],
    ["language ", "model"],
    ["Clau", "de"],
    ["Chat", "GPT"],
    ["Co", "pilot"],
  ].map((halves) => halves.join("").toLowerCase());
  const found = trackedFiles()
    .filter((path) => path !== self && path !== "package-lock.json" && !binary.test(path))
    .flatMap((path) => {
      const text = readTracked(path).toLowerCase();
      return forbidden.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`);
    });
  expect(found).toEqual([]);
});

it("postpones nothing in a comment and silences nothing without a reason", () => {
  const found = trackedFiles()
    .filter((path) => path !== self && /\.tsx?$/.test(path))
    .flatMap((path) =>
      readTracked(path)
        .split("\n")
        .map((line, index) => ({ line, at: `${path}:${index + 1}` }))
        .filter(
          ({ line }) =>
            /\b(?:TODO|FIXME|XXX|HACK)\b(?!-)/.test(line.replaceAll(/X{2,}[-X]+\w*/g, "")) ||
            /@ts-(?:ignore|nocheck)|\bas any\b/.test(line) ||
            /biome-ignore [\w/]+:?\s*$/.test(line) ||
            /\b(?:it|test|describe)\.only\b/.test(line),
        )
        .map(({ at, line }) => `${at} ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

it("has no room for leftovers", () => {
  const rooms = trackedFiles().filter((path) =>
    /(?:^|\/)(?:utils?|helpers?|common|managers?|misc)(?:\/|\.tsx?$)/.test(path),
  );
  expect(rooms).toEqual([]);
});
