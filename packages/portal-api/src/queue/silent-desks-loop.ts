import { type Clock, describeError, type Logger } from "@careline/platform";
import { writePresence, writeStatus } from "../agents/index.ts";
import { boundedTurn } from "../bounded-turn/index.ts";
import type { DeskSigns } from "../event-stream/index.ts";
import type { PermitView } from "../permit/index.ts";
import type { BackgroundLoop, BackgroundWrites, WorkContext } from "../serving/index.ts";
import { readAvailable } from "./candidates.sql.ts";
import { lookEachMs, SilentDesks } from "./silent-desks.ts";

export interface SilentDesksDeps {
  readonly background: BackgroundWrites;
  readonly permit: PermitView;
  readonly signs: Pick<DeskSigns, "read">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One look, which ends long before the next. */
const turnMaxMs = 5_000;

/**
 * Takes agents who listen no more out of the queue (status offline, "connection lost"), so that no caller rings 20 s at an empty desk.
 * Works only while this region holds the permit. Errors: those of background writes.
 */
export function silentDesksLoop(deps: SilentDesksDeps): BackgroundLoop {
  const { clock, log, permit } = deps;
  return {
    name: "silent-desks",
    async run(signal) {
      const desks = new SilentDesks();
      let inTerm: number | undefined;
      while (!signal.aborted) {
        const term = permit.current()?.term;
        if (term !== inTerm) desks.forget();
        inTerm = term;
        try {
          if (term !== undefined) {
            await boundedTurn(clock, turnMaxMs, signal, (limit) =>
              silentDesksTurn(deps, desks, limit),
            );
          }
        } catch (thrown) {
          const level = signal.aborted || permit.current() === null ? "debug" : "warn";
          log[level]({ error: describeError(thrown) }, "looking for silent desks failed");
        }
        await clock.sleep(lookEachMs, signal).catch(() => {});
      }
    },
  };
}

/** One look and what follows from it. */
export async function silentDesksTurn(
  { background, signs, clock, log }: Omit<SilentDesksDeps, "permit">,
  desks: SilentDesks,
  signal: AbortSignal,
): Promise<void> {
  const newest = await signs.read();
  const available = await background.read((tx) => readAvailable(tx, null), signal);
  const silent = desks.look(newest, available, clock.monotonicMs());
  if (silent.length === 0) return;
  await background.write(
    { action: "presence_connection_lost", durability: "local" },
    (ctx) => takeOut(ctx, silent),
    signal,
  );
  log.info({ agents: silent.length }, "agents whose desks went silent are offline");
}

/** Whoever was offered a call or changed their status meanwhile is left alone. */
async function takeOut(ctx: WorkContext, silent: readonly string[]): Promise<void> {
  for (const agentId of await readAvailable(ctx.tx, silent)) {
    await writePresence(ctx, agentId, { state: "offline", reason: "connection_lost" });
    await writeStatus(ctx.tx, agentId, "offline");
  }
}
