import type { Pool } from "undici";
import { ContinuityError } from "../errors.ts";
import type { EtcdOptions } from "./etcd-channel.ts";
import { post } from "./etcd-request.ts";
import { authenticateSchema, clusterOf } from "./etcd-wire.ts";
import type { StoreLives } from "./store-lives.ts";

/** After this long without any answer the token itself is doubted. */
const DOUBT_TOKEN_AFTER_MS = 3_000;
/** bcrypt runs under authentication on the member's side, and the answer passes through Raft. */
const AUTHENTICATE_TIMEOUT_MS = 1_500;

/** A member as one channel reaches it. */
interface Via {
  readonly name: string;
  readonly pool: Pool;
}

/**
 * One user's tokens, one for each cluster that members answer for: a cluster refuses those of another, or lets them wait. Renewed when
 * refused; concurrent callers share one authentication.
 */
export class EtcdTokens {
  readonly #options: EtcdOptions;
  readonly #lives: StoreLives;
  readonly #closing: AbortSignal;
  readonly #byCluster = new Map<string, string>();
  readonly #asking = new Map<string, Promise<string>>();
  /** For members of which nothing is known yet. */
  #newest: string | null = null;
  /** When a member last answered, or the token was last doubted. */
  #heardAtMs: number;

  /** `closing` ends what nobody waits for. */
  constructor(options: EtcdOptions, lives: StoreLives, closing: AbortSignal) {
    this.#options = options;
    this.#lives = lives;
    this.#closing = closing;
    this.#heardAtMs = options.clock.monotonicMs();
  }

  /** The member's current token, or a new one when `stale` was refused. Errors: STORE_DENIED, those of the request. */
  async after(stale: string | null, via: Via, signal: AbortSignal): Promise<string> {
    const cluster = this.#lives.clusterAt(via.name);
    const known = cluster === null ? this.#newest : (this.#byCluster.get(cluster) ?? null);
    if (known !== null && known !== stale) return known;
    const key = cluster ?? "";
    const asking =
      this.#asking.get(key) ?? this.renew(via, signal).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  heard(): void {
    this.#heardAtMs = this.#options.clock.monotonicMs();
  }

  /**
   * A store restored from a copy keeps requests waiting whose tokens its log has not reached yet (etcd's simple tokens), and answers
   * nothing. A new token is asked for beside the requests, so that a store that is merely silent costs them no time.
   */
  doubt(via: Via): void {
    const now = this.#options.clock.monotonicMs();
    if (this.#newest === null || now - this.#heardAtMs < DOUBT_TOKEN_AFTER_MS) return;
    this.#heardAtMs = now;
    // No answer here either: asked again after the next silence.
    this.renew(via, this.#closing).catch(() => {});
  }

  /** Asks the member for a token, and so learns for which cluster it answers. */
  async renew({ name, pool }: Via, signal: AbortSignal): Promise<string> {
    const { user, password, clock } = this.#options;
    const within = AbortSignal.any([signal, clock.deadline(AUTHENTICATE_TIMEOUT_MS)]);
    const body = { name: user, password };
    const raw = await post(pool, "/v3/auth/authenticate", body, null, within);
    const answer = authenticateSchema.safeParse(raw);
    if (!answer.success) throw new ContinuityError("STORE_DENIED", "the store gave no token");
    const { token } = answer.data;
    const cluster = clusterOf(raw);
    if (cluster !== null) {
      this.#lives.noteMember(name, cluster);
      this.#byCluster.set(cluster, token);
    }
    this.#newest = token;
    return token;
  }
}
