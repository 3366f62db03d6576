import { type Clock, describeError, type Logger } from "@careline/platform";
import type { PermitView } from "../permit/index.ts";
import { hasRoutingWork, routeCalls } from "../queue/index.ts";
import type { BackgroundLoop, BackgroundWrites } from "../serving/index.ts";
import {
  finishCommands,
  projectSafely,
  readOpenCommands,
  reconcileCalls,
  sendCommands,
  type TelephonyProvider,
} from "../telephony/index.ts";

/** Each 20 s, and at once in a new term. */
const reconcileEachMs = 20_000;

export interface ExchangeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly permit: PermitView;
  readonly background: BackgroundWrites;
  readonly provider: TelephonyProvider;
  readonly tickMs: number;
  readonly preferredSeconds: number;
}

/** One turn: sends what waits for the provider, then routes. Errors: those of background writes. */
export async function exchangeTurn(deps: ExchangeDeps, signal: AbortSignal): Promise<void> {
  const { background, provider, permit, log, clock, preferredSeconds } = deps;
  const work = await background.read(
    async (tx) => ({
      commands: await readOpenCommands(tx, provider.name),
      hasRouting: await hasRoutingWork(tx, preferredSeconds, clock.wallNow().getTime()),
    }),
    signal,
  );
  const sent = await sendCommands(provider, permit, work.commands, signal);
  if (sent.length > 0) {
    await background.write(
      { action: "telephony_commands_send", durability: "local" },
      (ctx) => finishCommands(ctx, sent),
      signal,
    );
  }
  if (!work.hasRouting) return;
  await background.write(
    { action: "call_route", durability: "local" },
    (ctx) =>
      routeCalls(ctx, preferredSeconds, (call) =>
        projectSafely(ctx, log, call.provider, call.providerCallId),
      ),
    signal,
  );
}

/** Compares our calls with the provider's. */
export async function reconcileTurn(deps: ExchangeDeps, signal: AbortSignal): Promise<void> {
  const askedAt = deps.clock.wallNow();
  const theirs = await deps.provider.calls(signal);
  const found = await deps.background.write(
    { action: "telephony_reconcile", durability: "local" },
    (ctx) => reconcileCalls(ctx, deps.log, deps.provider.name, theirs, askedAt),
    signal,
  );
  if (found.missingArrivals + found.missingEnds > 0)
    deps.log.info({ ...found }, "calls reconciled");
}

/**
 * The loop that routes: it works only while this region holds the permit, so two regions never route at once; and every
 * commit carries the term, so a stalled one cannot either.
 */
export function exchangeLoop(deps: ExchangeDeps): BackgroundLoop {
  const { clock, log, permit, tickMs } = deps;
  return {
    name: "exchange",
    async run(signal) {
      let reconciledTerm = -1;
      let reconciledAtMs = 0;
      while (!signal.aborted) {
        const term = permit.current()?.term;
        try {
          if (term !== undefined) {
            if (term !== reconciledTerm || clock.monotonicMs() - reconciledAtMs > reconcileEachMs) {
              await reconcileTurn(deps, signal);
              reconciledTerm = term;
              reconciledAtMs = clock.monotonicMs();
            }
            await exchangeTurn(deps, signal);
          }
        } catch (thrown) {
          if (!signal.aborted) log.warn({ error: describeError(thrown) }, "exchange turn failed");
          // Routing goes on without the provider: offers need nobody else.
          if (term !== undefined && reconciledTerm !== term) {
            reconciledTerm = term;
            reconciledAtMs = clock.monotonicMs() - reconcileEachMs + 2_000;
          }
        }
        await clock.sleep(tickMs, signal).catch(() => undefined);
      }
    },
  };
}
