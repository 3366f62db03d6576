import { describeError } from "./errors.ts";
import type { Logger } from "./log.ts";

/**
 * Runs `main` with a signal that aborts on SIGTERM or SIGINT, and exits: 0 after an ordered stop,
 * 1 after an error (logged once, here). A second signal exits at once with 130.
 */
export async function runProcess(
  log: Logger,
  main: (signal: AbortSignal) => Promise<void>,
): Promise<never> {
  const stopping = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(130);
    log.info({ signal: name }, "stopping");
    stopping.abort(new Error(`received ${name}`));
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  try {
    await main(stopping.signal);
    process.exit(0);
  } catch (thrown) {
    if (stopping.signal.aborted) process.exit(0);
    log.fatal(
      { error: describeError(thrown), stack: thrown instanceof Error ? thrown.stack : undefined },
      "process failed",
    );
    process.exit(1);
  }
}
