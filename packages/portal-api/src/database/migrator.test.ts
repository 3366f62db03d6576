import { expect, it } from "vitest";
import { type Migration, pendingMigrations, readMigrations } from "./migrator.ts";

const aMigration = (number: number, sha256 = `sum-${number}`): Migration => ({
  number,
  name: "any",
  text: "",
  sha256,
});

it("applies what is new, in order of its number", () => {
  const pending = pendingMigrations(
    [aMigration(1), aMigration(2), aMigration(100)],
    [aMigration(1)],
  );
  expect(pending.map(({ number }) => number)).toEqual([2, 100]);
});

it("refuses a migration that was edited after it was applied", () => {
  expect(() => pendingMigrations([aMigration(1, "edited")], [aMigration(1)])).toThrow(
    expect.objectContaining({ code: "MIGRATION_CHANGED" }),
  );
});

it("refuses a migration numbered below one that was applied", () => {
  expect(() => pendingMigrations([aMigration(1), aMigration(2)], [aMigration(2)])).toThrow(
    expect.objectContaining({ code: "MIGRATION_OUT_OF_ORDER" }),
  );
});

it("finds every migration of the product well-named, numbered once and with its header", () => {
  expect(
    readMigrations()
      .map(({ number }) => number)
      .slice(0, 5),
  ).toEqual([1, 2, 3, 4, 5]);
});
