import { systemClock } from "@careline/platform";
import { reportFailure, terminalOutput } from "./output/index.ts";
import { buildProgram } from "./program.ts";

const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    // The first asks to finish in order; the second does not wait for it.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new Error(`received ${name}`));
  });
}

const output = terminalOutput(systemClock, process.argv.includes("--json"));
try {
  const program = buildProgram({ clock: systemClock, output, signal: stopping.signal });
  await program.parseAsync(process.argv);
  process.exit(process.exitCode ?? 0);
} catch (thrown) {
  process.exit(reportFailure(thrown, output, stopping.signal.aborted));
}
