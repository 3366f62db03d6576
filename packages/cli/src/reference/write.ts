import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import { rootDir } from "../command-context.ts";
import { commands } from "../commands/index.ts";
import { terminalOutput } from "../output/index.ts";
import { buildProgram } from "../program.ts";
import { cliReference } from "./cli-reference.ts";

/** Writes docs/reference/cli.md. */
const { signal } = new AbortController();
const output = terminalOutput(systemClock, false);
const text = cliReference(buildProgram({ clock: systemClock, output, signal }), commands);
writeFileSync(join(rootDir(), "docs", "reference", "cli.md"), text);
