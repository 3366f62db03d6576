import { type Clock, describeError, type Logger, readTlsFiles } from "@careline/platform";
import type { Site } from "@careline/portal-contract";
import { Agent, request } from "undici";
import { z } from "zod";
import type { PortalConfig } from "../config.ts";
import { PermitLedger, permitAnswerSchema } from "./permit-ledger.ts";
import type { DurabilityState, Permit, PermitView } from "./permit-view.ts";

const changeLineSchema = z.object({ change: z.int() });

/** The keeper sends a line each second; without one for this long the stream is taken for dead. */
const changeSilenceMs = 3_000;
const reconnectMs = 200;
/** Longest answer and longest line that are read; a keeper's are below 1 kB. */
const answerBytesMax = 16_384;

export interface PermitClientDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Id of this process's life. */
  readonly bootId: string;
}

/**
 * Asks the region's keeper for the permit each 100 ms and at once after a change (site-contracts.md, "Permit"). One question is
 * under way at a time; a change line ends the wait for it and asks anew.
 */
export class PermitClient implements PermitView {
  readonly #config: PortalConfig["keeper"];
  readonly #deps: PermitClientDeps;
  readonly #ledger = new PermitLedger();
  readonly #agent: Agent;
  readonly #listeners = new Set<(held: boolean) => void>();
  #hurry = new AbortController();
  #wasHeld = false;
  #heldAtMs: number | null = null;
  #answered = Promise.withResolvers<void>();

  constructor(config: PortalConfig["keeper"], deps: PermitClientDeps) {
    this.#config = config;
    this.#deps = deps;
    const servername = config.serverName ?? new URL(config.url).hostname;
    const name = /^[\d.:]+$/.test(servername) ? { host: servername } : { servername };
    this.#agent = new Agent({
      connections: 2,
      connect: {
        ...readTlsFiles(config.tls),
        ...name,
        minVersion: "TLSv1.3",
        timeout: config.answerTimeoutMs,
      },
      keepAliveTimeout: 30_000,
      pipelining: 1,
    });
  }

  current(): Permit | null {
    return this.#ledger.current(this.#deps.clock.monotonicMs());
  }

  get durability(): DurabilityState {
    return this.#ledger.durability;
  }

  get reason(): string {
    const isHeld = this.current() !== null;
    return !isHeld && this.#ledger.reason === "serving" ? "keeper-silent" : this.#ledger.reason;
  }

  get primary(): Site | null {
    return this.#ledger.primary;
  }

  /** Milliseconds since a permit was last seen held; null never. */
  get lostAgoMs(): number | null {
    return this.#heldAtMs === null ? null : this.#deps.clock.monotonicMs() - this.#heldAtMs;
  }

  onChange(listener: (held: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the keeper answered for the first time, whatever it said. */
  async firstAnswer(): Promise<void> {
    await this.#answered.promise;
  }

  /** Asks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([this.#askForEver(signal), this.#watchForEver(signal)]);
    } finally {
      await this.#agent.destroy();
    }
  }

  async #askForEver(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    let wasSilent = false;
    while (!signal.aborted) {
      const hurry = this.#hurry;
      let isChange = false;
      try {
        isChange = (await this.#ask(AbortSignal.any([signal, hurry.signal]))) === "changed";
        if (wasSilent) log.info("the keeper answers again");
        wasSilent = false;
        this.#answered.resolve();
      } catch (thrown) {
        if (signal.aborted) return;
        if (!hurry.signal.aborted) {
          this.#ledger.silence(clock.monotonicMs());
          if (!wasSilent) log.warn({ error: describeError(thrown) }, "the keeper does not answer");
          wasSilent = true;
        }
      }
      this.#tellListeners();
      if (hurry.signal.aborted) this.#hurry = new AbortController();
      else if (!isChange) await this.#pause(AbortSignal.any([signal, hurry.signal]));
      if (hurry.signal.aborted) this.#hurry = new AbortController();
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.clock.sleep(this.#config.askEachMs, signal);
    } catch {
      // Woken early: there is a change to ask about, or the process stops.
    }
  }

  async #ask(signal: AbortSignal): Promise<"stale" | "changed" | "same"> {
    const limit = AbortSignal.any([
      signal,
      this.#deps.clock.deadline(this.#config.answerTimeoutMs),
    ]);
    const question = this.#ledger.ask(this.#deps.clock.monotonicMs());
    const { statusCode, body } = await request(new URL("/v1/permit", this.#config.url), {
      dispatcher: this.#agent,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ portal: this.#deps.bootId, ...question }),
      signal: limit,
    });
    const text = await body.text();
    if (statusCode !== 200 || text.length > answerBytesMax) {
      throw new Error(`the keeper answered ${statusCode} with ${text.length} characters`);
    }
    return this.#ledger.take(permitAnswerSchema.parse(JSON.parse(text)));
  }

  async #watchForEver(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watch(signal);
      } catch {
        // The questions tell whether the keeper lives; the stream only makes them quicker.
      }
      await this.#deps.clock.sleep(reconnectMs, signal).catch(() => {});
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const url = new URL(`/v1/permit/changes?portal=${this.#deps.bootId}`, this.#config.url);
    const { statusCode, body } = await request(url, {
      dispatcher: this.#agent,
      signal: AbortSignal.any([signal, stop.signal]),
      headersTimeout: changeSilenceMs,
      bodyTimeout: changeSilenceMs,
    });
    if (statusCode !== 200) throw new Error(`the keeper answered ${statusCode}`);
    let rest = "";
    for await (const chunk of body.setEncoding("utf8")) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > answerBytesMax) throw new Error("a change line is too long");
      for (const line of lines.filter((text) => text !== "")) {
        const { change } = changeLineSchema.parse(JSON.parse(line));
        if (this.#ledger.isNews(change)) this.#hurry.abort();
      }
    }
  }

  #tellListeners(): void {
    const isHeld = this.current() !== null;
    if (isHeld) this.#heldAtMs = this.#deps.clock.monotonicMs();
    if (isHeld === this.#wasHeld) return;
    this.#wasHeld = isHeld;
    this.#deps.log.info({ isHeld, reason: this.reason }, isHeld ? "permit gained" : "permit lost");
    for (const listener of this.#listeners) listener(isHeld);
  }
}
