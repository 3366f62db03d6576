import { writeFileSync } from "node:fs";
import { problemsPage } from "./problems-page.ts";

/** `node packages/portal-api/src/problems/write-page.ts`: writes docs/reference/problems.md anew. */
writeFileSync(new URL("../../../../docs/reference/problems.md", import.meta.url), problemsPage());
