import { readFileSync } from "node:fs";
import { type Clock, readSecret } from "@careline/platform";
import {
  carrierCallsAnswerSchema,
  carrierCommandAnswerSchema,
} from "@careline/portal-contract/telephony/schemas.ts";
import { Agent, fetch } from "undici";
import type { z } from "zod";
import type { TelephonyConfig } from "../domain-config.ts";
import { PortalError } from "../problems/index.ts";
import type { TelephonyProvider } from "./provider.ts";

/** The simulator's own API, beyond what every provider has: callers who do not exist. */
export interface SimulatorProvider extends TelephonyProvider {
  /** Any request of its API, e.g. `PUT /v1/stream`. Errors: CARRIER_UNAVAILABLE. */
  ask<Schema extends z.ZodType>(
    method: string,
    path: string,
    body: unknown,
    answer: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | null>;
}

/** Driver of the telephony simulator (`carrier`). One connection pool; closed with the process. */
export function createSimulator(config: TelephonyConfig, clock: Clock): SimulatorProvider {
  const base = new URL(config.url);
  const token = readSecret(config.tokenFile);
  const servername = config.serverName ?? base.hostname;
  const dispatcher = new Agent({
    connect: { ca: readFileSync(config.ca), servername },
    connections: 8,
  });

  const ask: SimulatorProvider["ask"] = async (method, path, body, schema, signal) => {
    try {
      const answer = await fetch(new URL(path, base), {
        method,
        dispatcher,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.any([signal, clock.deadline(config.answerTimeoutMs)]),
      });
      const text = await answer.text();
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw new Error(`the carrier answered ${answer.status}`);
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      signal.throwIfAborted();
      throw new PortalError("CARRIER_UNAVAILABLE", `${method} ${path} failed`, { cause });
    }
  };
  return {
    name: "simulator",
    ask,
    async send(providerCallId, command, signal) {
      const path = `/v1/calls/${encodeURIComponent(providerCallId)}/commands`;
      const answer = await ask("POST", path, command, carrierCommandAnswerSchema, signal);
      return answer === null ? null : answer.applied;
    },
    async calls(signal) {
      const answer = await ask("GET", "/v1/calls", undefined, carrierCallsAnswerSchema, signal);
      return answer?.calls ?? [];
    },
  };
}
