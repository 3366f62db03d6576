import { type Clock, describeError, type Logger } from "@careline/platform";
import { boundedTurn } from "../bounded-turn/index.ts";
import type { PermitView } from "../permit/index.ts";
import { hasRoutingWork, routeCalls } from "../queue/index.ts";
import type { BackgroundLoop, BackgroundWrites } from "../serving/index.ts";
import {
  findRepairs,
  finishCommands,
  postponeCall,
  projectCall,
  readDatabaseClock,
  readOpenCommands,
  readUnprojected,
  repair,
  sendCommands,
  type TelephonyProvider,
  takeMarks,
} from "../telephony/index.ts";
import type { Wake } from "./wake.ts";

/** Each 20 s, and at once in a new term. */
const reconcileEachMs = 20_000;
/** Longer than any turn of a loaded region. */
const turnMaxMs = 10_000;

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly permit: PermitView;
  readonly background: BackgroundWrites;
  readonly provider: TelephonyProvider;
  readonly wake: Wake;
  readonly tickMs: number;
  readonly preferredSeconds: number;
}

type Work = { readonly unprojected: readonly string[] } & {
  readonly commands: Awaited<ReturnType<typeof readOpenCommands>>;
};

/** Projects each call in a commit of its own: locks are few and short, and one call that fails holds up no other. */
async function projectCalls(deps: ExchangeDeps, work: Work, signal: AbortSignal): Promise<void> {
  const { background, provider, log } = deps;
  for (const id of work.unprojected) {
    try {
      await background.write(
        { action: "telephony_project", durability: "local" },
        async (ctx) => {
          await takeMarks(ctx, provider.name, id);
          await projectCall(ctx, provider.name, id);
        },
        signal,
      );
    } catch (thrown) {
      if (signal.aborted || deps.permit.current() === null) throw thrown;
      log.error({ error: describeError(thrown) }, "call not projected");
      await background.write(
        { action: "telephony_project_postpone", durability: "local" },
        (ctx) => postponeCall(ctx, provider.name, id),
        signal,
      );
    }
  }
}

async function sendOpenCommands(
  deps: ExchangeDeps,
  work: Work,
  signal: AbortSignal,
): Promise<void> {
  const sent = await sendCommands(deps.provider, deps.permit, work.commands, signal);
  if (sent.length === 0) return;
  await deps.background.write(
    { action: "telephony_commands_send", durability: "local" },
    (ctx) => finishCommands(ctx, sent),
    signal,
  );
}

async function route(deps: ExchangeDeps, signal: AbortSignal): Promise<void> {
  const { background, clock, preferredSeconds } = deps;
  const hasWork = await background.read(
    (tx) => hasRoutingWork(tx, preferredSeconds, clock.wallNow().getTime()),
    signal,
  );
  if (!hasWork) return;
  await background.write(
    { action: "call_route", durability: "local" },
    (ctx) =>
      routeCalls(ctx, preferredSeconds, (call) =>
        projectCall(ctx, call.provider, call.providerCallId),
      ),
    signal,
  );
}

/**
 * One turn: brings calls up to what the provider told, sends what waits for the provider, routes. One after the other in one
 * loop, so that none of them waits for a lock of another. Errors: those of background writes.
 */
export async function exchangeTurn(deps: ExchangeDeps, signal: AbortSignal): Promise<void> {
  const { background, provider } = deps;
  const work = await background.read(async (tx) => {
    const [commands, unprojected] = await Promise.all([
      readOpenCommands(tx, provider.name),
      readUnprojected(tx, provider.name),
    ]);
    return { commands, unprojected };
  }, signal);
  await projectCalls(deps, work, signal);
  await sendOpenCommands(deps, work, signal);
  await route(deps, signal);
}

/** Compares our calls with the provider's and repairs what differs, each repair in a commit of its own. Answers how many it was. */
export async function reconcileTurn(deps: ExchangeDeps, signal: AbortSignal): Promise<number> {
  const { background, provider, log } = deps;
  const askedAt = await background.read((tx) => readDatabaseClock(tx), signal);
  const theirs = await provider.calls(signal);
  const repairs = await background.read(
    (tx) => findRepairs(tx, provider.name, theirs, askedAt),
    signal,
  );
  for (const what of repairs) {
    await background.write(
      { action: "telephony_reconcile", durability: "local" },
      (ctx) => repair(ctx, provider.name, what),
      signal,
    );
  }
  if (repairs.length > 0)
    log.info({ calls: theirs.length, repairs: repairs.length }, "calls reconciled");
  return repairs.length;
}

/** When the loop last compared its calls with the provider's. */
interface Reconciled {
  term: number;
  atMs: number;
}

async function turn(
  deps: ExchangeDeps,
  term: number,
  reconciled: Reconciled,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  const isDue = clock.monotonicMs() - reconciled.atMs > reconcileEachMs;
  if (term === reconciled.term && !isDue) {
    await exchangeTurn(deps, signal);
    return;
  }
  const isNewTerm = term !== reconciled.term;
  reconciled.term = term;
  // A provider that does not answer is asked again in 2 s; routing goes on meanwhile, since offers need nobody else.
  reconciled.atMs = clock.monotonicMs() - reconcileEachMs + 2_000;
  try {
    await reconcileTurn(deps, signal);
    reconciled.atMs = clock.monotonicMs();
  } finally {
    if (!isNewTerm && !signal.aborted) await exchangeTurn(deps, signal);
  }
}

/**
 * The loop that routes: it works only while this region holds the permit, so two regions never route at once; and every
 * commit carries the term, so a stalled one cannot either.
 */
export function exchangeLoop(deps: ExchangeDeps): BackgroundLoop {
  const { clock, log, permit, tickMs, wake } = deps;
  return {
    name: "exchange",
    async run(signal) {
      const reconciled: Reconciled = { term: -1, atMs: Number.NEGATIVE_INFINITY };
      while (!signal.aborted) {
        const term = permit.current()?.term;
        try {
          if (term !== undefined) {
            await boundedTurn(clock, turnMaxMs, signal, (limit) =>
              turn(deps, term, reconciled, limit),
            );
          }
        } catch (thrown) {
          const level = signal.aborted || permit.current() === null ? "debug" : "warn";
          log[level]({ error: describeError(thrown) }, "exchange turn failed");
        }
        await wake.wait(tickMs, clock, signal);
      }
    },
  };
}
