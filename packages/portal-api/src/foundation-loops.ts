import { type Clock, describeError, type Logger } from "@careline/platform";
import { recordReplicationMark } from "./audit/index.ts";
import { type AuditSpool, importSpools } from "./emergency-reads/index.ts";
import { forgetOldAnswers } from "./idempotency/index.ts";
import type { PermitView } from "./permit/index.ts";
import type { BackgroundLoop, BackgroundWrites } from "./serving/index.ts";

export interface FoundationLoopDeps {
  readonly background: BackgroundWrites;
  readonly permit: PermitView;
  readonly clock: Clock;
  readonly log: Logger;
  readonly spool: AuditSpool;
  readonly spoolDirectory: string;
}

const spoolLookMs = 2_000;
const cleanUpMs = 3_600_000;
const markMs = 10_000;
/** Rows per clean-up commit. */
const cleanUpRows = 5_000;

/** What the foundation does beside requests, each only while this region holds the permit. */
export function foundationLoops(deps: FoundationLoopDeps): readonly BackgroundLoop[] {
  return [
    { name: "spool-import", run: (signal) => importAfterGain(deps, signal) },
    repeated("answers-clean-up", cleanUpMs, deps, async (signal) => {
      const work = { action: "answers_clean_up", durability: "local" } as const;
      for (let gone = cleanUpRows; gone === cleanUpRows; ) {
        gone = await deps.background.write(
          work,
          (ctx) => forgetOldAnswers(ctx.tx, ctx.now, cleanUpRows),
          signal,
        );
      }
    }),
    repeated("audit-replication", markMs, deps, (signal) =>
      recordReplicationMark(deps.background, signal),
    ),
  ];
}

/** Imports the spools of emergency reads once after each gain of the permit, and again while one could not be imported. */
async function importAfterGain(deps: FoundationLoopDeps, signal: AbortSignal): Promise<void> {
  let isDue = true;
  const stop = deps.permit.onChange((isHeld) => {
    isDue ||= isHeld;
  });
  while (!signal.aborted) {
    if (isDue && deps.permit.current() !== null) {
      isDue = false;
      try {
        await importSpools({ ...deps, directory: deps.spoolDirectory }, signal);
      } catch (thrown) {
        isDue = true;
        if (!signal.aborted) deps.log.warn({ error: describeError(thrown) }, "audit spools wait");
      }
    }
    await deps.clock.sleep(spoolLookMs, signal).catch(() => {});
  }
  stop();
}

function repeated(
  name: string,
  everyMs: number,
  deps: FoundationLoopDeps,
  turn: (signal: AbortSignal) => Promise<void>,
): BackgroundLoop {
  return {
    name,
    async run(signal) {
      while (!signal.aborted) {
        try {
          if (deps.permit.current() !== null) await turn(signal);
        } catch (thrown) {
          if (!signal.aborted)
            deps.log.warn({ loop: name, error: describeError(thrown) }, "a turn of a loop failed");
        }
        await deps.clock.sleep(everyMs, signal).catch(() => {});
      }
    },
  };
}
