import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot, sharedFolder } from "../repository.ts";
import { readCatalogue, readProofs } from "./catalogue.ts";
import { traceabilityDocument } from "./document.ts";

const shared = sharedFolder();
if (shared === undefined) {
  process.stderr.write(
    "The requirement catalogue is not here: set CARELINE_SHARED to the folder that holds requirements/.\n",
  );
  process.exit(2);
}
writeFileSync(
  join(repositoryRoot, "docs/traceability.md"),
  traceabilityDocument(readCatalogue(shared), readProofs()),
);
