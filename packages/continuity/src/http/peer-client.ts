import { type Clock, describeError, readTlsFiles, type TlsFiles } from "@careline/platform";
import { Client } from "undici";
import { CONTINUITY_ERRORS, ContinuityError, type ContinuityErrorCode } from "../errors.ts";

/** Another daemon of the installation over mutual TLS, on one connection of its own. */
export class PeerClient {
  readonly #client: Client;
  readonly #clock: Clock;

  /** `expectedName`: common name that the other end's certificate must bear. */
  constructor(url: string, tls: TlsFiles, expectedName: string, clock: Clock) {
    this.#clock = clock;
    this.#client = new Client(url, {
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 30_000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        ...readTlsFiles(tls),
        timeout: 1_000,
        minVersion: "TLSv1.3",
        checkServerIdentity: (
          _host: string,
          certificate: { subject?: { CN?: string | string[] } },
        ) =>
          certificate.subject?.CN === expectedName
            ? undefined
            : new Error(`the other end is not ${expectedName}`),
      },
    });
  }

  /** Errors: PEER_UNREACHABLE, or the code of the other end's problem document. */
  async request(
    method: "GET" | "POST" | "PUT",
    path: string,
    body: unknown,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    const limit = AbortSignal.any([signal, this.#clock.deadline(withinMs)]);
    let status: number;
    let text: string;
    try {
      const answer = await this.#client.request({
        method,
        path,
        signal: limit,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (cause) {
      signal.throwIfAborted();
      throw new ContinuityError("PEER_UNREACHABLE", describeError(cause), { cause });
    }
    const parsed = parseJson(text);
    if (status < 300) return parsed;
    throw problemToError(parsed, status);
  }

  /** Lines of a stream until it ends, breaks, or `signal` aborts. */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const answer = await this.#client.request({ method: "GET", path, signal });
    if (answer.statusCode !== 200) {
      throw problemToError(parseJson(await answer.body.text()), answer.statusCode);
    }
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of answer.body) {
      const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function problemToError(problem: unknown, status: number): ContinuityError {
  const { code, detail } = (problem ?? {}) as { code?: unknown; detail?: unknown };
  const known = typeof code === "string" && code in CONTINUITY_ERRORS;
  return new ContinuityError(
    known ? (code as ContinuityErrorCode) : "PEER_UNREACHABLE",
    typeof detail === "string" ? detail : `answered ${status}`,
  );
}
