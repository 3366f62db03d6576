import { type Clock, describeError, type TlsMaterial } from "@careline/platform";
import { Client, Pool } from "undici";
import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import { authenticateSchema } from "./etcd-wire.ts";

export interface EtcdMember {
  readonly name: string;
  /** e.g. `https://127.0.0.1:2379` */
  readonly url: string;
}

export interface EtcdOptions {
  /** The own site's member first: it is asked first while it answers. */
  readonly members: readonly EtcdMember[];
  readonly tls: TlsMaterial;
  readonly user: string;
  readonly password: string;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

/** A member that failed is asked last for this long: two request time-outs of the plan's 400 ms, and some. */
const MEMBER_PENALTY_MS = 1_000;
/** After this long without any answer the token itself is doubted. */
const DOUBT_TOKEN_AFTER_MS = 3_000;
/** bcrypt runs under authentication on the member's side, and the answer passes through Raft. */
const AUTHENTICATE_TIMEOUT_MS = 1_500;

export interface EtcdRequest<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: unknown;
  readonly schema: Schema;
  /** `true`: repeating it on another member after a lost answer changes nothing. */
  readonly repeatable: boolean;
}

/**
 * One user's requests to the members of the store, with a connection of its own per channel so that
 * lease renewals never queue behind other traffic. Tokens are shared, and renewed when refused.
 */
export class EtcdSession {
  readonly #options: EtcdOptions;
  readonly #channels = new Set<EtcdChannel>();
  #token: string | null = null;
  #authenticating: Promise<string> | null = null;
  /** When a member last answered, or the token was last doubted. */
  #heardAtMs: number;
  readonly #closing = new AbortController();

  constructor(options: EtcdOptions) {
    this.#options = options;
    this.#heardAtMs = options.clock.monotonicMs();
  }

  /** A new set of connections (one per member and per `connections`). */
  channel(connections = 1): EtcdChannel {
    const channel = new EtcdChannel(this.#options, connections, {
      after: (stale, via, signal) => this.#tokenAfter(stale, via, signal),
      heard: () => {
        this.#heardAtMs = this.#options.clock.monotonicMs();
      },
      silent: (via) => this.#doubtToken(via),
    });
    this.#channels.add(channel);
    return channel;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error("the session was closed"));
    await Promise.all([...this.#channels].map((channel) => channel.close()));
  }

  /** The current token, or a new one when `stale` was refused. Concurrent callers share one authentication. */
  async #tokenAfter(stale: string | null, via: Via, signal: AbortSignal): Promise<string> {
    if (this.#token !== null && this.#token !== stale) return this.#token;
    this.#authenticating ??= this.#authenticate(via, signal).finally(() => {
      this.#authenticating = null;
    });
    return this.#authenticating;
  }

  /**
   * A store restored from a copy keeps requests waiting whose tokens its log has not reached yet (etcd's simple tokens), and answers
   * nothing. A new token is asked for beside the requests, so that a store that is merely silent costs them no time.
   */
  #doubtToken(via: Via): void {
    const now = this.#options.clock.monotonicMs();
    if (this.#token === null || now - this.#heardAtMs < DOUBT_TOKEN_AFTER_MS) return;
    this.#heardAtMs = now;
    // No answer here either: asked again after the next silence.
    this.#authenticate(via, this.#closing.signal).catch(() => {});
  }

  async #authenticate(via: Via, signal: AbortSignal): Promise<string> {
    const body = { name: this.#options.user, password: this.#options.password };
    const limit = this.#options.clock.deadline(AUTHENTICATE_TIMEOUT_MS);
    const answer = authenticateSchema.safeParse(await via(body, AbortSignal.any([signal, limit])));
    if (!answer.success) throw new ContinuityError("STORE_DENIED", "the store gave no token");
    this.#token = answer.data.token;
    return answer.data.token;
  }
}

/** How to ask a member for a token. */
type Via = (body: unknown, signal: AbortSignal) => Promise<unknown>;

interface Tokens {
  /** The current one, or another when `stale` was refused. */
  readonly after: (stale: string | null, via: Via, signal: AbortSignal) => Promise<string>;
  readonly heard: () => void;
  readonly silent: (via: Via) => void;
}

interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly settings: Client.Options;
  readonly pool: Pool;
  avoidUntilMs: number;
}

/** The path of one request after it failed: what may be done next. */
type Failure = "not-sent" | "unknown" | "token" | "denied" | "refused";

/** Connections of one purpose. Requests fail over between members; each attempt has its own time-out. */
export class EtcdChannel {
  readonly #endpoints: Endpoint[];
  readonly #options: EtcdOptions;
  readonly #tokens: Tokens;

  constructor(options: EtcdOptions, connections: number, tokens: Tokens) {
    this.#options = options;
    this.#tokens = tokens;
    const settings = {
      pipelining: 1,
      allowH2: false,
      // Members are asked often; 30 s keeps the TLS session through quiet moments.
      keepAliveTimeout: 30_000,
      connect: { ...options.tls, timeout: options.requestTimeoutMs },
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.#endpoints = options.members.map((member) => ({
      ...member,
      settings,
      avoidUntilMs: Number.NEGATIVE_INFINITY,
      pool: new Pool(member.url, { ...settings, connections }),
    }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.pool.destroy()));
  }

  /** Members in the order to ask: those that recently failed last, otherwise as configured. */
  ordered(): readonly Endpoint[] {
    const now = this.#options.clock.monotonicMs();
    const late = (endpoint: Endpoint): number => (endpoint.avoidUntilMs > now ? 1 : 0);
    return [...this.#endpoints].sort((a, b) => late(a) - late(b));
  }

  /**
   * Sends one request. A repeatable one is tried on each member once; another only while it was
   * certainly not sent. Errors: STORE_UNREACHABLE, STORE_OUTCOME_UNKNOWN (not repeatable and the
   * answer was lost), STORE_DENIED, STORE_REFUSED.
   */
  async send<Schema extends z.ZodType>(
    request: EtcdRequest<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    let last: unknown;
    for (const endpoint of this.ordered()) {
      try {
        const body = await this.#sendTo(endpoint, request, signal);
        return request.schema.parse(body);
      } catch (thrown) {
        last = thrown;
        signal.throwIfAborted();
        if (!(thrown instanceof EtcdFailure)) throw thrown;
        endpoint.avoidUntilMs = this.#options.clock.monotonicMs() + MEMBER_PENALTY_MS;
        if (thrown.kind === "denied" || thrown.kind === "token") {
          throw new ContinuityError("STORE_DENIED", thrown.message, { cause: thrown });
        }
        if (thrown.kind === "refused") {
          throw new ContinuityError("STORE_REFUSED", thrown.message, { cause: thrown });
        }
        if (thrown.kind === "unknown" && !request.repeatable) {
          throw new ContinuityError("STORE_OUTCOME_UNKNOWN", thrown.message, { cause: thrown });
        }
      }
    }
    throw new ContinuityError("STORE_UNREACHABLE", "no member of the store answered", {
      cause: last,
    });
  }

  /** A request to the own site's member only (its status, giving up its leadership). */
  async sendToOwn<Schema extends z.ZodType>(
    request: EtcdRequest<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const own = this.#endpoints[0];
    if (own === undefined)
      throw new ContinuityError("STORE_UNREACHABLE", "no member is configured");
    try {
      return request.schema.parse(await this.#sendTo(own, request, signal));
    } catch (thrown) {
      throw new ContinuityError("STORE_UNREACHABLE", describeError(thrown), { cause: thrown });
    }
  }

  async #sendTo(
    endpoint: Endpoint,
    request: EtcdRequest<z.ZodType>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const via = authenticateVia(endpoint.pool);
    const attempt = async (token: string): Promise<unknown> => {
      const limit = this.#options.clock.deadline(this.#options.requestTimeoutMs);
      const within = AbortSignal.any([signal, limit]);
      const answer = await post(endpoint.pool, request.path, request.body, token, within);
      this.#tokens.heard();
      return answer;
    };
    const token = await this.#tokens.after(null, via, signal);
    try {
      return await attempt(token);
    } catch (thrown) {
      if (thrown instanceof EtcdFailure && thrown.kind === "unknown") this.#tokens.silent(via);
      if (!(thrown instanceof EtcdFailure) || thrown.kind !== "token") throw thrown;
      return attempt(await this.#tokens.after(token, via, signal));
    }
  }

  /**
   * Opens a streaming request on the first member that answers, on a connection of its own which
   * ends with `signal`: the caller aborts it when done.
   */
  async stream(path: string, body: unknown, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    let last: unknown;
    for (const endpoint of this.ordered()) {
      const client = new Client(endpoint.url, endpoint.settings);
      signal.addEventListener("abort", () => void client.destroy(), { once: true });
      try {
        const token = await this.#tokens.after(null, authenticateVia(endpoint.pool), signal);
        const limit = this.#options.clock.deadline(this.#options.requestTimeoutMs * 2);
        const opening = client.request({
          path,
          method: "POST",
          body: JSON.stringify(body),
          headers: { authorization: token, "grpc-metadata-hasleader": "true" },
        });
        const answer = await Promise.race([opening, rejectWhen(limit)]);
        if (answer.statusCode === 200) return answer.body;
        last = failureOf(answer.statusCode, await answer.body.text());
        if (last instanceof EtcdFailure && last.kind === "token") {
          await this.#tokens.after(token, authenticateVia(endpoint.pool), signal);
        }
      } catch (thrown) {
        signal.throwIfAborted();
        last = thrown;
      }
      await client.destroy();
      endpoint.avoidUntilMs = this.#options.clock.monotonicMs() + MEMBER_PENALTY_MS;
    }
    throw new ContinuityError("STORE_UNREACHABLE", "no member of the store opened a watch", {
      cause: last,
    });
  }
}

function rejectWhen(limit: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    limit.addEventListener("abort", () => reject(limit.reason as Error), { once: true });
  });
}

function authenticateVia(pool: Pool): (body: unknown, signal: AbortSignal) => Promise<unknown> {
  return (body, signal) => post(pool, "/v3/auth/authenticate", body, null, signal);
}

class EtcdFailure extends Error {
  override readonly name = "EtcdFailure";
  readonly kind: Failure;
  constructor(kind: Failure, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

async function post(
  pool: Pool,
  path: string,
  body: unknown,
  token: string | null,
  signal: AbortSignal,
): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const answer = await pool.request({
      path,
      method: "POST",
      body: JSON.stringify(body),
      headers: token === null ? {} : { authorization: token },
      signal,
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (thrown) {
    throw new EtcdFailure(
      neverSent(thrown) ? "not-sent" : "unknown",
      describeError(thrown),
      thrown,
    );
  }
  if (status !== 200) throw failureOf(status, text);
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new EtcdFailure("unknown", "the store's answer is not JSON", thrown);
  }
}

/** Only a connection that was never made proves that the member got nothing. */
function neverSent(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ECONNREFUSED" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "ENETUNREACH";
}

function failureOf(status: number, text: string): EtcdFailure {
  const message = text.slice(0, 200).trim();
  if (status === 401) return new EtcdFailure("token", message);
  // A member that was restarted while authentication was being enabled answers 400 "user name is empty".
  if (message.includes("user name is empty")) return new EtcdFailure("token", message);
  if (status === 403) return new EtcdFailure("denied", message);
  if (status === 400 && message.includes("authentication failed")) {
    return new EtcdFailure("denied", message);
  }
  if (status >= 500 || status === 429) return new EtcdFailure("unknown", message);
  return new EtcdFailure("refused", message);
}
