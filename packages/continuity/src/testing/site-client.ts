import type { PermitAnswer } from "@careline/continuity-core";
import { systemClock } from "@careline/platform";
import type { Status } from "../controller/index.ts";
import type { PeerClient } from "../http/index.ts";
import type { SitesTrial, TrialSite } from "./sites-trial.ts";
import { eventually } from "./trial.ts";

const never = new AbortController().signal;

/** An operator at one site's controller. */
export class SiteClient {
  readonly #peer: PeerClient;

  constructor(sites: SitesTrial, site: TrialSite, name = "otto", role = "operator") {
    this.#peer = sites.peer("controller", site, `operator.${name}`, role);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#peer.request("GET", path, undefined, 3_000, never)) as T;
  }

  async send<T>(method: "POST" | "PUT", path: string, body: unknown): Promise<T> {
    return (await this.#peer.request(method, path, body, 30_000, never)) as T;
  }

  async status(): Promise<Status> {
    return this.get<Status>("/v1/status");
  }

  /** Waits for a status; the failure shows the last one. */
  async until(what: string, withinMs: number, holds: (status: Status) => boolean): Promise<Status> {
    let last: Status | null = null;
    try {
      return await eventually(what, withinMs, async () => {
        last = await this.status();
        return holds(last) ? last : null;
      });
    } catch (cause) {
      throw new Error(`${what}: ${JSON.stringify(last)}`, { cause });
    }
  }
}

/** A stand-in for the portal of one region: asks for permits as the portal does and notes when it may acknowledge. */
export class PermitProbe {
  readonly #peer: PeerClient;
  readonly #portal = crypto.randomUUID();
  #question = 0;
  #change = 0;
  #isClosed = false;
  #untilMs = Number.NEGATIVE_INFINITY;
  term: number | null = null;
  /** Every span in which this region could acknowledge, on this process's clock. */
  readonly spans: { readonly fromMs: number; toMs: number; readonly term: number }[] = [];

  constructor(sites: SitesTrial, site: "east" | "west") {
    this.#peer = sites.peer("keeper", site, `portal.${site}`);
    void this.#loop();
  }

  close(): void {
    this.#isClosed = true;
  }

  holds(): boolean {
    return systemClock.monotonicMs() < this.#untilMs;
  }

  async #loop(): Promise<void> {
    while (!this.#isClosed) {
      await this.#ask().catch(() => undefined);
      await systemClock.sleep(25);
    }
  }

  async #ask(): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    const askedMs = systemClock.monotonicMs();
    const body = { portal: this.#portal, question, seenChange: this.#change };
    const answer = (await this.#peer.request(
      "POST",
      "/v1/permit",
      body,
      500,
      never,
    )) as PermitAnswer;
    // An answer that came with a change counts only once the change is acted upon.
    if (answer.question !== this.#question) return;
    this.#change = answer.change;
    const { permit } = answer;
    if (permit === null) {
      this.#cut(systemClock.monotonicMs());
      return;
    }
    this.term = permit.term;
    this.#untilMs = askedMs + permit.remainingMs;
    const last = this.spans.at(-1);
    if (last !== undefined && last.term === permit.term && last.toMs >= askedMs) {
      last.toMs = this.#untilMs;
    } else
      this.spans.push({
        fromMs: systemClock.monotonicMs(),
        toMs: this.#untilMs,
        term: permit.term,
      });
  }

  #cut(nowMs: number): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
    const last = this.spans.at(-1);
    if (last !== undefined && last.toMs > nowMs) last.toMs = nowMs;
  }
}
