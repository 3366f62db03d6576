import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Layout } from "@careline/lab";
import type { Clock } from "@careline/platform";
import { CliError } from "./cli-error.ts";
import type { Output } from "./output/index.ts";

/** What every command works with. */
export interface CommandContext {
  readonly clock: Clock;
  readonly output: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The clone that this command line belongs to. */
export function rootDir(): string {
  return join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
}

/** Another state folder than the clone's, for a second lab beside it. Empty is none, as in a shell. */
export function stateDirChoice(): string | undefined {
  return process.env.CARELINE_STATE || undefined;
}

/** The lab of this clone. Loaded only where needed: production ships without the package. Errors: NEVER_STARTED. */
export async function openLab(): Promise<Layout> {
  const { openLayout } = await import("@careline/lab");
  const layout = openLayout(rootDir(), stateDirChoice());
  if (layout === null) throw new CliError("NEVER_STARTED", "no lab was ever started in this clone");
  return layout;
}
