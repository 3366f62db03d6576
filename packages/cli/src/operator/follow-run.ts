import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import type { Controllers } from "./controllers.ts";
import { type Run, runSchema } from "./shapes.ts";

const lookEachMs = 200;
/** A run may wait for approvals; a follower gives up after an hour and the run goes on. */
const followForMs = 3_600_000;
/** The primary's controller may be the one that dies: answers may be missing for this long. */
const silentForMs = 60_000;

const goodEnds = new Set(["completed"]);
const badEnds = new Set(["failed", "cancelled", "superseded"]);

/**
 * Shows the steps of a run as they change, until it ends. Interrupting it leaves the run alone.
 * Errors: RUN_FAILED, NO_CONTROLLER.
 */
export async function followRun(
  controllers: Controllers,
  id: string,
  { clock, output, signal }: CommandContext,
): Promise<Run> {
  const shown = new Map<string, string>();
  const startMs = clock.monotonicMs();
  let heardMs = startMs;
  while (clock.monotonicMs() - startMs < followForMs) {
    const run = await readRun(controllers, id, signal);
    if (run === null && clock.monotonicMs() - heardMs > silentForMs) break;
    if (run !== null) {
      heardMs = clock.monotonicMs();
      for (const step of run.steps) {
        if (shown.get(step.name) === step.state || step.state === "pending") continue;
        shown.set(step.name, step.state);
        output.progress(`${step.name} (${step.site}): ${step.state} ${step.detail}`.trimEnd());
      }
      const waits = run.state === "running" ? run.awaits.join(" and ") : "";
      if (waits !== "" && shown.get("waits") !== waits) {
        output.progress(`waits for ${waits}: ./careline runs approve ${id} --as <approver>`);
      }
      shown.set("waits", waits);
      if (goodEnds.has(run.state)) return run;
      if (badEnds.has(run.state)) {
        throw new CliError(
          "RUN_FAILED",
          `${run.kind} ${run.id} ended as ${run.state}: ${run.why ?? ""}`,
        );
      }
    }
    await clock.sleep(lookEachMs, signal);
  }
  throw new CliError("NO_CONTROLLER", `no controller tells how run ${id} goes on`);
}

async function readRun(
  controllers: Controllers,
  id: string,
  signal: AbortSignal,
): Promise<Run | null> {
  try {
    return runSchema.parse(await controllers.get(`/v1/runs/${encodeURIComponent(id)}`, signal));
  } catch (thrown) {
    if (thrown instanceof CliError && thrown.code === "NO_CONTROLLER") return null;
    throw thrown;
  }
}
