import type { z } from "zod";
import { EtcdChannel, type EtcdOptions, type EtcdRequest, type Shared } from "./etcd-channel.ts";
import { EtcdTokens } from "./etcd-tokens.ts";
import { StoreLives } from "./store-lives.ts";

/** Between two surveys of the members. */
const SURVEY_MS = 5_000;
/** The first requests of a session wait this long at most for the first survey: connecting and signing in at a distant member. */
const FIRST_SURVEY_MAX_MS = 1_000;

/**
 * One user's requests to the members of the store, with a connection of its own per channel so that lease renewals never queue behind
 * other traffic. Tokens are shared, and so is what is known of the store's lives: `survey` is asked of each member now and then.
 */
export class EtcdSession {
  readonly #options: EtcdOptions;
  readonly #channels = new Set<EtcdChannel>();
  readonly #shared: Shared;
  readonly #closing = new AbortController();
  readonly #stopSurveys: () => void;

  constructor(options: EtcdOptions, survey: EtcdRequest<z.ZodType>) {
    this.#options = options;
    const { clock } = options;
    const lives = new StoreLives();
    const tokens = new EtcdTokens(options, lives, this.#closing.signal);
    const surveyor = new EtcdChannel(options, 1, { tokens, lives, ready: Promise.resolve() });
    this.#channels.add(surveyor);
    const look = (): Promise<void> => surveyor.survey(survey, this.#closing.signal);
    const limit = clock.sleep(FIRST_SURVEY_MAX_MS, this.#closing.signal).catch(() => {});
    this.#shared = { tokens, lives, ready: Promise.race([look(), limit]) };
    this.#stopSurveys = clock.every(SURVEY_MS, () => void look());
  }

  /** A new set of connections (one per member and per `connections`). */
  channel(connections = 1): EtcdChannel {
    const channel = new EtcdChannel(this.#options, connections, this.#shared);
    this.#channels.add(channel);
    return channel;
  }

  async close(): Promise<void> {
    this.#stopSurveys();
    this.#closing.abort(new Error("the session was closed"));
    await Promise.all([...this.#channels].map((channel) => channel.close()));
  }
}
