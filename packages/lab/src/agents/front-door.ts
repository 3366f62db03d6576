import {
  defaultOutboxPolicy,
  type OutboxTransport,
  Patience,
  parseTerms,
  readPosition,
  type TransportAnswer,
} from "@careline/outbox";
import type { Clock, Random } from "@careline/platform";
import type { AnswerOf, BodyOf, ParamsOf, RouteDefinition } from "@careline/portal-contract";
import { urlOf } from "@careline/portal-contract";
import type { Acknowledgement, Ledger } from "../ledger/index.ts";
import type { Browser, BrowserAnswer } from "./browser.ts";
import { operationOf } from "./operations.ts";

export interface FrontDoorOptions {
  /** Origin of the front door, e.g. `https://localhost:24443`. */
  readonly origin: string;
  /** Where requests go instead, for a client that is pinned to one region. */
  readonly pinnedOrigin?: string;
  readonly via: Acknowledgement["via"];
  readonly client: string;
  readonly browser: Browser;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  /** Every `Careline-Confirmed` that an answer carried. */
  readonly onConfirmed: (confirmed: string) => void;
  /** The portal asked for a new sign-in. */
  readonly onSignedOut: (code: string) => void;
}

/** Beyond every wait of outbox and reads: nobody waits for ever. */
const longestMs = 2 * defaultOutboxPolicy.attemptMostMs;
/** Most attempts of one read: about a minute at the longest pause. */
const readAttemptsMax = 300;

/** One client's way into the portal: each answer and each trouble goes into the ledger. */
export class FrontDoor implements OutboxTransport {
  readonly #options: FrontDoorOptions;
  /** For reads; the outbox has its own for what it sends. */
  readonly #patience = new Patience(defaultOutboxPolicy);

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** Sends a write. Only a whole answer that the client has received counts as an acknowledgement. */
  async send(
    message: Parameters<OutboxTransport["send"]>[0],
    signal: AbortSignal,
  ): Promise<TransportAnswer> {
    const { clock, ledger, client, via } = this.#options;
    const sentAtMs = clock.monotonicMs();
    const answer = await this.#ask(
      message.method,
      message.path,
      message.headers,
      message.body,
      signal,
    );
    const receivedAtMs = clock.monotonicMs();
    const position = readPosition(header(answer, "careline-position"));
    if (answer.status < 300 && position !== null) {
      const { name, isKeyed } = operationOf(message.method, message.path);
      const [, ...lsn] = (header(answer, "careline-position") ?? "").split("/");
      ledger.acknowledged({
        client,
        via,
        operation: name,
        key: message.headers["idempotency-key"] ?? "",
        isKeyed,
        durability: header(answer, "careline-durability") ?? "unknown",
        term: position.term,
        lsn: lsn.join("/"),
        site: header(answer, "careline-site") ?? "unknown",
        sentAtMs,
        receivedAtMs,
      });
    }
    return {
      status: answer.status,
      header: (name) => header(answer, name),
      body: parsed(answer),
    };
  }

  async terms(signal: AbortSignal): ReturnType<OutboxTransport["terms"]> {
    const answer = await this.#ask("GET", "/terms", {}, undefined, signal);
    if (answer.status !== 200) throw new Error(`/terms answered ${answer.status}`);
    return { terms: parseTerms(parsed(answer)), confirmed: header(answer, "careline-confirmed") };
  }

  /**
   * Reads, or asks for something that changes nothing that must be kept, and repeats until there is an answer below 500.
   * Null: the portal refused (4xx). Rejects when `signal` aborts or after 300 attempts.
   */
  async read<R extends RouteDefinition>(
    route: R,
    parts: { readonly params?: ParamsOf<R>; readonly body?: BodyOf<R> },
    signal: AbortSignal,
  ): Promise<AnswerOf<R> | null> {
    const { clock, random } = this.#options;
    const path = urlOf(route, parts.params as Record<string, string> | undefined);
    for (let attempt = 1; attempt <= readAttemptsMax; attempt += 1) {
      const answer = await this.#tryRead(route.method, path, parts.body, signal);
      if (answer !== null) return answer.status < 300 ? (parsed(answer) as AnswerOf<R>) : null;
      await clock.sleep(150 + 100 * random.next(), signal);
    }
    throw new Error(`${route.method} ${route.path}: no answer in ${readAttemptsMax} attempts`);
  }

  async #tryRead(
    method: RouteDefinition["method"],
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<BrowserAnswer | null> {
    const { clock, ledger, client } = this.#options;
    const trouble = (status: number | null, code: string): null => {
      ledger.trouble({ client, atMs: clock.monotonicMs(), status, code });
      return null;
    };
    const { limitMs } = this.#patience;
    const limit = clock.deadline(limitMs);
    try {
      const answer = await this.#ask(method, path, {}, body, AbortSignal.any([signal, limit]));
      this.#patience.answered();
      if (answer.status < 500 && answer.status !== 429) return answer;
      return trouble(answer.status, codeOf(answer) ?? `HTTP ${answer.status}`);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      if (limit.aborted) this.#patience.unanswered(limitMs);
      return trouble(null, "NO_ANSWER");
    }
  }

  async #ask(
    method: RouteDefinition["method"],
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
    signal: AbortSignal,
  ): Promise<BrowserAnswer> {
    const { browser, origin, onConfirmed, onSignedOut } = this.#options;
    const all: Record<string, string> = {
      accept: "application/json, application/problem+json",
      "careline-client": "simulated-agent/1",
      origin: this.#options.origin,
      "sec-fetch-site": "same-origin",
      ...headers,
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    if (text !== undefined) all["content-type"] = "application/json";
    const message = { method, headers: all, ...(text === undefined ? {} : { body: text }) };
    const target = this.#options.pinnedOrigin ?? origin;
    const answer = await browser.ask(`${target}${path}`, message, longestMs, signal);
    const confirmed = header(answer, "careline-confirmed");
    if (confirmed !== null) onConfirmed(confirmed);
    if (answer.status === 401 || answer.status === 423) onSignedOut(codeOf(answer) ?? "");
    return answer;
  }
}

function header(answer: BrowserAnswer, name: string): string | null {
  const value = answer.headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

function parsed(answer: BrowserAnswer): unknown {
  if (!(header(answer, "content-type") ?? "").includes("json")) return null;
  try {
    return JSON.parse(answer.text);
  } catch {
    return null;
  }
}

function codeOf(answer: BrowserAnswer): string | null {
  const body = parsed(answer) as { code?: unknown } | null;
  return typeof body?.code === "string" ? body.code : null;
}
