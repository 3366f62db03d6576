import { writeFileSync } from "node:fs";
import { cataloguePage } from "./catalogue-page.ts";

/** `node packages/portal-api/src/catalogue/write-page.ts`: writes docs/reference/catalogue-names.md anew. */
writeFileSync(
  new URL("../../../../docs/reference/catalogue-names.md", import.meta.url),
  cataloguePage(),
);
