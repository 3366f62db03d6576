import type { Clock } from "@careline/platform";
import { Agent, request } from "undici";
import { CookieJar } from "./cookie-jar.ts";

export interface BrowserAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface BrowserRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Six connections to one origin, like a person's browser on HTTP/1.1; one of them is the event stream. */
const connectionsMax = 6;

/** What one person's browser is to the front door: connections, cookies, the lab's authority. No scripts, no cache. */
export class Browser {
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #cookies = new CookieJar();

  constructor(authority: Buffer, clock: Clock) {
    this.#clock = clock;
    this.#agent = new Agent({
      // undici 8.12 throws past its caller when a server refuses an HTTP/2 stream; six plain connections do the same work.
      allowH2: false,
      connect: { ca: authority, timeout: 3_000 },
      connections: connectionsMax,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 60_000,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** One request, no redirects followed. Rejects when there is no whole answer within `limitMs`. */
  async ask(
    url: string,
    message: BrowserRequest,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<BrowserAnswer> {
    const limit = AbortSignal.any([signal, this.#clock.deadline(limitMs)]);
    const response = await request(url, {
      dispatcher: this.#agent,
      method: message.method ?? "GET",
      headers: this.#headers(url, message.headers),
      signal: limit,
      ...(message.body === undefined ? {} : { body: message.body }),
    });
    this.#cookies.take(new URL(url).hostname, response.headers["set-cookie"]);
    const text = await response.body.text();
    return { url, status: response.statusCode, headers: response.headers, text };
  }

  /** Opens a stream that lasts until it is broken or `signal` aborts. */
  async open(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: AsyncIterable<Buffer> }> {
    const response = await request(url, {
      dispatcher: this.#agent,
      headers: this.#headers(url, headers),
      signal,
    });
    return { status: response.statusCode, body: response.body };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #headers(url: string, headers: Readonly<Record<string, string>> = {}): Record<string, string> {
    const cookie = this.#cookies.header(new URL(url).hostname);
    return cookie === undefined ? { ...headers } : { ...headers, cookie };
  }
}
