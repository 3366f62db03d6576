import type { OutboxTransport, TransportAnswer } from "./ports.ts";
import { parseTerms } from "./position.ts";

export interface FetchTransportOptions {
  /** Origin of the front door, or "" for the page's own. */
  readonly baseUrl: string;
  /** A browser's `fetch`, or undici's with a dispatcher and cookies. */
  readonly fetch: (
    url: string,
    init: {
      method: string;
      headers: Record<string, string>;
      body?: string;
      signal: AbortSignal;
      credentials: "same-origin";
      cache: "no-store";
    },
  ) => Promise<Response>;
  /** Headers of every request: the token against cross-site requests, a language. Read before each attempt. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** The way to the front door over `fetch`. A body that is not JSON reads as null. */
export function fetchTransport(options: FetchTransportOptions): OutboxTransport {
  const request = async (
    path: string,
    init: { method: string; headers: Readonly<Record<string, string>>; body: unknown },
    signal: AbortSignal,
  ): Promise<TransportAnswer> => {
    const headers: Record<string, string> = {
      accept: "application/json, application/problem+json",
      ...options.headers?.(),
      ...init.headers,
    };
    const body = init.body === undefined ? undefined : JSON.stringify(init.body);
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await options.fetch(`${options.baseUrl}${path}`, {
      method: init.method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      credentials: "same-origin",
      cache: "no-store",
    });
    const parsed = await readJson(response);
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      body: parsed,
    };
  };
  return {
    send: (message, signal) => request(message.path, message, signal),
    async terms(signal) {
      const read = { method: "GET", headers: {}, body: undefined };
      const answer = await request("/terms", read, signal);
      if (answer.status !== 200) throw new Error(`/terms answered ${answer.status}`);
      return {
        terms: parseTerms(answer.body),
        confirmed: answer.header("careline-confirmed"),
      };
    },
  };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!(response.headers.get("content-type") ?? "").includes("json")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
