import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Clock, describeError, type Logger } from "@careline/platform";
import {
  type ProviderEvent,
  webhookSignatureHeader,
  webhookSignatureInput,
  webhookTimestampHeader,
} from "@careline/portal-contract/telephony/schemas.ts";
import { Agent, fetch } from "undici";
import type { CarrierConfig } from "./carrier-config.ts";

/** 50 events a request: a burst of 500 callers is told in ten. */
const batchMax = 50;
/** 20,000 events wait at most; the oldest are dropped beyond it, and the portal reconciles. */
const waitingMax = 20_000;

export interface WebhookSender {
  enqueue(event: ProviderEvent): void;
  /** Events not taken yet, oldest first. */
  waiting(): readonly ProviderEvent[];
  /** Sends until `signal` aborts. What an abort interrupts is sent again after the next start. */
  run(signal: AbortSignal): Promise<void>;
}

/** Sends events in order, signed, until each is taken with 2xx; pauses grow between refusals. */
export function createWebhookSender(
  config: CarrierConfig["webhook"],
  deps: { clock: Clock; log: Logger; secret: string },
  before: readonly ProviderEvent[],
  onTaken: () => void,
): WebhookSender {
  const { clock, log, secret } = deps;
  const waiting: ProviderEvent[] = [...before];
  const url = new URL(config.url);
  const dispatcher = new Agent({ connect: { ca: readFileSync(config.ca) }, allowH2: false });
  let wake = (): void => undefined;

  const post = async (events: readonly ProviderEvent[], signal: AbortSignal): Promise<number> => {
    const body = JSON.stringify({ events });
    const timestampSeconds = Math.floor(clock.wallNow().getTime() / 1_000);
    const input = webhookSignatureInput({
      timestampSeconds,
      host: url.host,
      path: url.pathname,
      body,
    });
    const answer = await fetch(url, {
      method: "POST",
      body,
      dispatcher,
      headers: {
        "content-type": "application/json",
        [webhookTimestampHeader]: String(timestampSeconds),
        [webhookSignatureHeader]: `v1=${createHmac("sha256", secret).update(input).digest("hex")}`,
      },
      signal: AbortSignal.any([signal, clock.deadline(config.answerTimeoutMs)]),
    });
    await answer.text();
    return answer.status;
  };

  const sendOnce = async (signal: AbortSignal): Promise<boolean> => {
    const batch = waiting.slice(0, batchMax);
    try {
      const status = await post(batch, signal);
      if (status < 200 || status > 299) {
        log.warn({ status, events: batch.length }, "events not taken");
        return false;
      }
      waiting.splice(0, batch.length);
      onTaken();
      return true;
    } catch (thrown) {
      if (!signal.aborted) log.warn({ error: describeError(thrown) }, "events not sent");
      return false;
    }
  };

  return {
    enqueue(event) {
      waiting.push(event);
      if (waiting.length > waitingMax) waiting.shift();
      wake();
    },
    waiting: () => waiting,
    async run(signal) {
      let pauseMs = config.retryFromMs;
      while (!signal.aborted) {
        if (waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener("abort", () => resolve(), { once: true });
          });
          continue;
        }
        if (await sendOnce(signal)) {
          pauseMs = config.retryFromMs;
          continue;
        }
        await clock.sleep(pauseMs, signal).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, config.retryToMs);
      }
      await dispatcher.destroy();
    },
  };
}
