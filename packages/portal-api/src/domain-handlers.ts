import { adverseEventsHandlers } from "./adverse-events/index.ts";
import { agentsHandlers } from "./agents/index.ts";
import { boardServices } from "./board/index.ts";
import { callersHandlers } from "./callers/index.ts";
import { callsHandlers } from "./calls/index.ts";
import { demoHandlers } from "./demo/index.ts";
import { exchangeLoop, Wake } from "./exchange/index.ts";
import { patientsHandlers } from "./patients/index.ts";
import type { PortalDeps } from "./portal-deps.ts";
import { programmesHandlers } from "./programmes/index.ts";
import { queueHandlers, silentDesksLoop } from "./queue/index.ts";
import type { BackgroundLoop, RegisteredHandler } from "./serving/index.ts";
import { createSimulator, webhookHandlers } from "./telephony/index.ts";

/** What the domains serve and run. */
export interface Domains {
  /** In the order of the table of routes. */
  readonly handlers: readonly RegisteredHandler[];
  /** Started after the first permit question was answered, whatever the answer. */
  readonly loops: readonly BackgroundLoop[];
}

/** Builds every domain once: handlers and loops share the provider and the live board. */
export function buildDomains(deps: PortalDeps): Domains {
  const { telephony, routing } = deps.config.domains;
  const provider = telephony === null ? null : createSimulator(telephony, deps.clock);
  const wake = new Wake();
  const board = boardServices(deps);
  const loops: BackgroundLoop[] = [board.loop, silentDesksLoop(deps)];
  if (provider !== null) loops.push(exchangeLoop({ ...deps, provider, wake, ...routing }));
  return {
    handlers: [
      ...agentsHandlers,
      ...programmesHandlers,
      ...callsHandlers,
      ...callersHandlers,
      ...queueHandlers,
      ...webhookHandlers(telephony, () => wake.call()),
      ...patientsHandlers(deps),
      ...adverseEventsHandlers,
      ...board.handlers,
      ...demoHandlers(deps.config.demo ? provider : null),
    ],
    loops,
  };
}
