import { type Clock, describeError, type Logger } from "@careline/platform";
import { Agent } from "undici";

/** As many as may work at once in one region (front-door-config.ts, turns). */
const connections = 32;
/** HAProxy closes idle connections that nobody has used for a while, half of them each minute. */
const eachMs = 10_000;
const limitMs = 3_000;

/**
 * Keeps connections open from the front door to the regions that do not serve: when one takes over, everybody's first request would otherwise
 * wait for two round trips and a handshake. HAProxy opens none by itself, so this sends as many small requests through it at once.
 */
export async function keepWarm(
  socketPath: string,
  regions: () => readonly string[],
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({
    connect: { socketPath },
    connections: 2 * connections,
    allowH2: false,
  });
  const warm = async (region: string): Promise<void> => {
    const limit = AbortSignal.any([signal, clock.deadline(limitMs)]);
    const one = async (): Promise<void> => {
      const answer = await agent.request({
        origin: "http://door",
        path: `/warm/${region}`,
        method: "GET",
        signal: limit,
      });
      await answer.body.dump();
    };
    await Promise.all(Array.from({ length: connections }, one));
  };
  try {
    while (!signal.aborted) {
      for (const region of regions()) {
        // A region that is gone has no connections; the next round asks again.
        await warm(region).catch((thrown: unknown) =>
          log.debug({ region, error: describeError(thrown) }, "not warm"),
        );
      }
      await clock.sleep(eachMs, signal).catch(() => undefined);
    }
  } finally {
    await agent.destroy();
  }
}
