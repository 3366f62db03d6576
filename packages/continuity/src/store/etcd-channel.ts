import { type Clock, describeError, type TlsMaterial } from "@careline/platform";
import { Client, Pool } from "undici";
import type { z } from "zod";
import { ContinuityError } from "../errors.ts";
import { EtcdFailure, failureOf, post } from "./etcd-request.ts";
import type { EtcdTokens } from "./etcd-tokens.ts";
import { clusterOf } from "./etcd-wire.ts";
import type { StoreLives } from "./store-lives.ts";

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

export interface EtcdRequest<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: unknown;
  readonly schema: Schema;
  /** `true`: repeating it on another member after a lost answer changes nothing. */
  readonly repeatable: boolean;
  /** Generation of the `store` record that an answer shows; null when it shows none. */
  readonly generationOf?: (answer: z.output<Schema>) => number | null;
}

/** What all channels of a session share. */
export interface Shared {
  readonly tokens: EtcdTokens;
  readonly lives: StoreLives;
  /** Resolves when the members have been asked, once, which life of the store they hold. */
  readonly ready: Promise<void>;
}

interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly settings: Client.Options;
  readonly pool: Pool;
  avoidUntilMs: number;
}

/** Connections of one purpose. Requests fail over between members; each attempt has its own time-out. */
export class EtcdChannel {
  readonly #endpoints: Endpoint[];
  readonly #options: EtcdOptions;
  readonly #shared: Shared;

  constructor(options: EtcdOptions, connections: number, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
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

  /** Members in the order to ask: those that recently failed, or hold a life that is over, last; otherwise as configured. */
  ordered(): readonly Endpoint[] {
    const now = this.#options.clock.monotonicMs();
    const late = ({ name, avoidUntilMs }: Endpoint): number =>
      avoidUntilMs > now || this.#shared.lives.isOverAt(name) ? 1 : 0;
    return [...this.#endpoints].sort((a, b) => late(a) - late(b));
  }

  /**
   * Sends one request. A repeatable one is tried on each member once; another only while it was
   * certainly not sent, or reached nothing but a life of the store that is over. Errors: STORE_UNREACHABLE,
   * STORE_OUTCOME_UNKNOWN (not repeatable and the answer was lost), STORE_DENIED, STORE_REFUSED.
   */
  async send<Schema extends z.ZodType>(
    request: EtcdRequest<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    let last: unknown;
    await this.#shared.ready;
    for (const endpoint of this.ordered()) {
      try {
        return await this.#ask(endpoint, request, signal);
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
      return await this.#ask(own, request, signal);
    } catch (thrown) {
      throw new ContinuityError("STORE_UNREACHABLE", describeError(thrown), { cause: thrown });
    }
  }

  /**
   * Asks every member by itself, whatever the quorum says, so that a life of the store that only one of them knows is known here.
   * A member that does not answer in time tells nothing, and is asked next time which cluster it belongs to.
   */
  async survey<Schema extends z.ZodType>(
    request: EtcdRequest<Schema>,
    signal: AbortSignal,
  ): Promise<void> {
    const { tokens, lives } = this.#shared;
    const askOne = async (endpoint: Endpoint): Promise<void> => {
      try {
        if (lives.clusterAt(endpoint.name) === null) await tokens.renew(endpoint, signal);
        await this.#ask(endpoint, request, signal);
      } catch {
        lives.forgetMember(endpoint.name);
      }
    };
    await Promise.all(this.#endpoints.map(askOne));
  }

  /** One member's answer, unless it is of a life that is over. */
  async #ask<Schema extends z.ZodType>(
    endpoint: Endpoint,
    request: EtcdRequest<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const { lives } = this.#shared;
    const body = await this.#sendTo(endpoint, request, signal);
    const answer = request.schema.parse(body);
    const cluster = clusterOf(body);
    const life = { cluster, generation: request.generationOf?.(answer) ?? null };
    if (cluster !== null) lives.noteMember(endpoint.name, cluster);
    lives.note(life);
    if (!lives.isOver(life)) return answer;
    throw new EtcdFailure("older-life", `${endpoint.name} answers for a life that is over`);
  }

  async #sendTo(
    endpoint: Endpoint,
    request: EtcdRequest<z.ZodType>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { tokens } = this.#shared;
    const attempt = async (token: string): Promise<unknown> => {
      const limit = this.#options.clock.deadline(this.#options.requestTimeoutMs);
      const within = AbortSignal.any([signal, limit]);
      const answer = await post(endpoint.pool, request.path, request.body, token, within);
      tokens.heard();
      return answer;
    };
    const token = await tokens.after(null, endpoint, signal);
    try {
      return await attempt(token);
    } catch (thrown) {
      if (thrown instanceof EtcdFailure && thrown.kind === "unknown") tokens.doubt(endpoint);
      if (!(thrown instanceof EtcdFailure) || thrown.kind !== "token") throw thrown;
      return attempt(await tokens.after(token, endpoint, signal));
    }
  }

  /**
   * Opens a streaming request on the first member that answers and holds no life that is over, on a connection of its own
   * which ends with `signal`: the caller aborts it when done.
   */
  async stream(path: string, body: unknown, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    let last: unknown;
    const { tokens, lives } = this.#shared;
    await this.#shared.ready;
    for (const endpoint of this.ordered().filter(({ name }) => !lives.isOverAt(name))) {
      const client = new Client(endpoint.url, endpoint.settings);
      signal.addEventListener("abort", () => void client.destroy(), { once: true });
      try {
        const token = await tokens.after(null, endpoint, signal);
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
          await tokens.after(token, endpoint, signal);
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
