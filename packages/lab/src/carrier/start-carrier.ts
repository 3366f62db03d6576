import type { AddressInfo } from "node:net";
import {
  type Clock,
  createMetrics,
  Gauge,
  type Logger,
  type Random,
  readSecret,
} from "@careline/platform";
import { Carrier } from "./carrier.ts";
import type { CarrierConfig } from "./carrier-config.ts";
import { createCarrierServer } from "./carrier-server.ts";
import { readState, writeState } from "./state-file.ts";
import { createWebhookSender, type WebhookSender } from "./webhook-sender.ts";

/** 4 a second: patience and stream are counted in seconds. */
const tickMs = 250;

export interface RunningCarrier {
  readonly carrier: Carrier;
  readonly port: number;
  /** Stops in order; the state file then holds everything. */
  close(): Promise<void>;
}

/** Starts server, sender and clock of the carrier, from the state file if there is one. */
export async function startCarrier(
  config: CarrierConfig,
  deps: { clock: Clock; random: Random; log: Logger },
): Promise<RunningCarrier> {
  const { clock, random, log } = deps;
  const saved = readState(config.stateFile);
  const stopping = new AbortController();
  let isDirty = false;
  const changed = (): void => {
    isDirty = true;
  };
  const sender: WebhookSender = createWebhookSender(
    config.webhook,
    { clock, log, secret: readSecret(config.webhook.secretFile) },
    saved?.waiting ?? [],
    changed,
  );
  const tell = (event: Parameters<WebhookSender["enqueue"]>[0]): void => {
    sender.enqueue(event);
    changed();
  };
  const carrier = new Carrier({ clock, random, log, config, tell }, saved);
  const save = (): void => {
    if (!isDirty) return;
    isDirty = false;
    writeState(config.stateFile, { ...carrier.save(), waiting: [...sender.waiting()] });
  };
  const metrics = createMetrics("carrier", "edge");
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      collect() {
        this.set(read());
      },
    });
  gauge("carrier_calls", "Calls in progress", () => carrier.calls().length);
  gauge(
    "carrier_events_waiting",
    "Events not taken by the portal yet",
    () => sender.waiting().length,
  );

  const token = readSecret(config.tokenFile);
  // A command is answered only after its effect is in the file.
  const server = createCarrierServer({
    carrier,
    config,
    token,
    log,
    metrics,
    onChange: () => {
      changed();
      save();
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.listen.port, config.listen.host, resolve);
  });
  const stopTicks = clock.every(tickMs, () => {
    carrier.tick();
    save();
  });
  const sending = sender.run(stopping.signal);
  return {
    carrier,
    port: (server.address() as AddressInfo).port,
    async close() {
      stopTicks();
      stopping.abort(new Error("carrier stops"));
      await sending;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      changed();
      save();
    },
  };
}
