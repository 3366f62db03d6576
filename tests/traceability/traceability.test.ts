import { expect, it } from "vitest";
import { readTracked, sharedFolder } from "../repository.ts";
import { readCatalogue, readProofs } from "./catalogue.ts";
import { traceabilityDocument } from "./document.ts";

const shared = sharedFolder();
if (shared === undefined) {
  process.stderr.write("SKIPPED: the requirement catalogue is absent (set CARELINE_SHARED).\n");
}

it.skipIf(shared === undefined)(
  "is generated from the catalogue and the tests as they are now",
  () => {
    const expected = traceabilityDocument(readCatalogue(shared ?? ""), readProofs());
    expect(readTracked("docs/traceability.md")).toBe(expected);
  },
);

it.skipIf(shared === undefined)("names only requirements that the catalogue has", () => {
  const known = new Set(readCatalogue(shared ?? "").map((entry) => entry.id));
  const unknown = readProofs().filter((proof) => !known.has(proof.id));
  expect(unknown.map((proof) => `${proof.id} in ${proof.file}`)).toEqual([]);
});
