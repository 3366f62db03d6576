import type { Clock } from "@careline/platform";
import { Client } from "undici";
import { z } from "zod";
import type { Said } from "./verdict.ts";

/** Longest wait for one answer; a portal that a crowd has just reached has been seen to take two seconds. */
const answerLimitMs = 3_000;
const broken = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
const healthSchema = z.looseObject({ term: z.int().nullable() });

/** One region's portal, asked over one connection that is kept: a crowd's handshakes do not stand before the question. */
export class RegionLook {
  readonly #client: Client;
  readonly #clock: Clock;

  constructor(url: string, authority: Buffer, clock: Clock) {
    this.#clock = clock;
    this.#client = new Client(url, {
      allowH2: false,
      pipelining: 1,
      connect: { ca: authority, servername: "localhost", timeout: answerLimitMs },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Null: no answer in time, which says nothing. */
  async ask(signal: AbortSignal): Promise<Said | null> {
    const first = await this.#askOnce(signal);
    if (first !== "broken") return first;
    // A kept connection may have ended meanwhile; only a new one that breaks as well means that nobody listens.
    const second = await this.#askOnce(signal);
    return second === "broken" ? { kind: "refused" } : second;
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #askOnce(signal: AbortSignal): Promise<Said | "broken" | null> {
    const limit = AbortSignal.any([signal, this.#clock.deadline(answerLimitMs)]);
    try {
      const answer = await this.#client.request({ path: "/health", method: "GET", signal: limit });
      const body = await answer.body.text();
      if (answer.statusCode !== 200) return { kind: "no-permit" };
      const { term } = healthSchema.parse(JSON.parse(body));
      return term === null ? { kind: "no-permit" } : { kind: "permit", term };
    } catch (thrown) {
      signal.throwIfAborted();
      const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
      return broken.has(code) ? "broken" : null;
    }
  }
}
