import { type Clock, readTlsFiles, type TlsFiles } from "@careline/platform";
import { Agent, request } from "undici";
import { z } from "zod";
import { LabError } from "../errors.ts";

const siteStatusSchema = z.looseObject({ role: z.string(), healthy: z.boolean() });

/** What the drill reads of a controller's status; the rest is kept as it is. */
export const statusSchema = z.looseObject({
  term: z.int(),
  primary: z.string().nullable(),
  protected: z.boolean(),
  sites: z.looseObject({
    east: siteStatusSchema,
    west: siteStatusSchema,
    witness: siteStatusSchema,
  }),
});
export type SystemStatus = z.infer<typeof statusSchema>;

const instant = z.iso.datetime().nullish();
const historySchema = z.array(
  z.looseObject({
    term: z.int(),
    primary: z.string(),
    cause: z.string().nullish(),
    phases: z.looseObject({
      lapsedAt: instant,
      decidedAt: instant,
      wonAt: instant,
      promotedAt: instant,
      servingAt: instant,
    }),
  }),
);
export type TermHistory = z.infer<typeof historySchema>[number];

const runSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  state: z.looseObject({ kind: z.string() }),
  steps: z.array(
    z.looseObject({
      definition: z.looseObject({ name: z.string(), site: z.string() }),
      attempt: z.int(),
      state: z.looseObject({ kind: z.string() }),
    }),
  ),
});
const copiesSchema = z.looseObject({ copies: z.array(z.looseObject({ name: z.string() })) });
const tailSchema = z.looseObject({
  rows: z.array(z.looseObject({ table: z.string(), key: z.record(z.string(), z.unknown()) })),
});
export type RunJournal = z.infer<typeof runSchema>;

/** Longest wait for one controller before the next is asked. */
const attemptMs = 2_000;
/** Of a look at a journal that is repeated at once. */
const glanceMs = 300;

/** Speaks to the controllers as an operator does: any of the three that answers. */
export class OperatorClient {
  readonly #urls: readonly string[];
  readonly #agent: Agent;
  readonly #clock: Clock;

  constructor(urls: readonly string[], tls: TlsFiles, clock: Clock) {
    this.#urls = urls;
    this.#clock = clock;
    this.#agent = new Agent({ connect: { ...readTlsFiles(tls), servername: "localhost" } });
  }

  /** Every site's view, null for a site whose controller does not answer. */
  async statuses(signal: AbortSignal): Promise<(SystemStatus | null)[]> {
    return Promise.all(
      this.#urls.map(async (url) => {
        const parsed = statusSchema.safeParse(
          await this.#tryAsk(url, "GET", "/v1/status", undefined, signal),
        );
        return parsed.success ? parsed.data : null;
      }),
    );
  }

  /** The view with the newest term. Error: DRILL_UNFINISHED when no controller answers. */
  async status(signal: AbortSignal): Promise<SystemStatus> {
    const views = (await this.statuses(signal)).filter((view) => view !== null);
    const newest = views.toSorted((a, b) => b.term - a.term)[0];
    if (newest === undefined) throw new LabError("DRILL_UNFINISHED", "no controller answers");
    return newest;
  }

  /** No controller that answers sees the quorum store answer. */
  async quorumIsLost(signal: AbortSignal): Promise<boolean> {
    const views = (await this.statuses(signal)).filter((view) => view !== null);
    const quorum = z.looseObject({ quorum: z.looseObject({ answering: z.boolean() }) });
    return views.every((view) => quorum.safeParse(view).data?.quorum.answering !== true);
  }

  async history(signal: AbortSignal): Promise<TermHistory[]> {
    return historySchema.parse(await this.#ask("GET", "/v1/history", undefined, signal));
  }

  async startRun(
    body: {
      readonly kind: "switchover" | "failback";
      readonly to?: string;
      readonly reason?: string;
    },
    signal: AbortSignal,
  ): Promise<string> {
    const answer = await this.#ask("POST", "/v1/runs", body, signal);
    return z.looseObject({ id: z.string() }).parse(answer).id;
  }

  /** Anything else that a person orders. Error: DRILL_NOT_READY with the controller's reason. */
  async order(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    return this.#ask("POST", path, body, signal);
  }

  async run(id: string, signal: AbortSignal): Promise<RunJournal> {
    return runSchema.parse(await this.#ask("GET", `/v1/runs/${id}`, undefined, signal));
  }

  /** Journals of the runs that are still in the store; none while no controller answers. */
  async runs(signal: AbortSignal): Promise<RunJournal[]> {
    for (const url of this.#urls) {
      const answer = await this.#glance(url, "/v1/runs", signal);
      const parsed = z.array(runSchema).safeParse(answer);
      if (parsed.success) return parsed.data;
    }
    return [];
  }

  /** One run as each controller that answers and knows it shows it. */
  async journals(id: string, signal: AbortSignal): Promise<RunJournal[]> {
    const answers = await Promise.all(
      this.#urls.map((url) => this.#glance(url, `/v1/runs/${id}`, signal)),
    );
    return answers.flatMap((answer) => {
      const parsed = runSchema.safeParse(answer);
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** Idempotency keys in the lists of diverged rows that the sites keep. */
  async divergedKeys(signal: AbortSignal): Promise<Set<string>> {
    const keys = new Set<string>();
    for (const url of this.#urls) {
      const list = copiesSchema.safeParse(await this.#glance(url, "/v1/salvage", signal));
      for (const { name } of list.success ? list.data.copies : []) {
        const tail = tailSchema.safeParse(await this.#glance(url, `/v1/salvage/${name}`, signal));
        for (const { key } of tail.success ? tail.data.rows : []) {
          if (typeof key.idempotency_key === "string") keys.add(key.idempotency_key);
        }
      }
    }
    return keys;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Null for anything but an answer: silence, and a controller that does not know it yet. */
  async #glance(url: string, path: string, signal: AbortSignal): Promise<unknown> {
    const limit = AbortSignal.any([signal, this.#clock.deadline(glanceMs)]);
    try {
      return await this.#tryAsk(url, "GET", path, undefined, limit);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  /** The first controller that answers. Error: DRILL_UNFINISHED. */
  async #ask(
    method: "GET" | "POST",
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    for (const url of this.#urls) {
      const answer = await this.#tryAsk(url, method, path, body, signal);
      if (answer !== null) return answer;
    }
    throw new LabError("DRILL_UNFINISHED", `no controller answered ${method} ${path}`);
  }

  async #tryAsk(
    url: string,
    method: "GET" | "POST",
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    try {
      const response = await request(`${url}${path}`, {
        method,
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, this.#clock.deadline(attemptMs)]),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      const answer: unknown = await response.body.json();
      if (response.statusCode < 300) return answer;
      if (response.statusCode < 500) throw refused(method, path, answer);
      return null;
    } catch (thrown) {
      if (signal.aborted || thrown instanceof LabError) throw thrown;
      return null;
    }
  }
}

function refused(method: string, path: string, answer: unknown): LabError {
  const problem = z
    .looseObject({ code: z.string(), detail: z.string().optional() })
    .safeParse(answer);
  const why = problem.success ? `${problem.data.code} ${problem.data.detail ?? ""}` : "refused";
  return new LabError("DRILL_NOT_READY", `${method} ${path}: ${why.trim()}`);
}
