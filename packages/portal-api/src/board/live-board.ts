import { type Clock, describeError, type Logger, type Random } from "@careline/platform";
import type { BoardSnapshot } from "@careline/portal-contract/board/schemas.ts";
import { boundedTurn } from "../bounded-turn/index.ts";
import type { EventPublisher } from "../event-stream/index.ts";
import type { PermitView } from "../permit/index.ts";
import type { Redis } from "../redis/index.ts";
import type { BackgroundWrites } from "../serving/index.ts";
import { type DayFigures, readBoardAgents, readBoardQueues, readDayFigures } from "./board.sql.ts";
import {
  type BoardModel,
  type BoardScope,
  changesBetween,
  deltaOf,
  emptyBoard,
  viewOf,
} from "./board-model.ts";
import { mirrorLiveState } from "./live-state.ts";

/** A viewer who has not fetched the board for this long is told no more. */
const viewerMs = 12 * 3_600_000;
/** The day's figures are counted from the whole day's calls: each 5 s is often enough for a percentage. */
const figuresEachMs = 5_000;
const viewersMax = 2_000;
/** Longer than any look of a loaded region. */
const lookMaxMs = 5_000;

export interface LiveBoardDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly permit: PermitView;
  readonly redis: Redis;
  readonly events: EventPublisher;
  readonly background: BackgroundWrites;
}

interface Viewer {
  readonly scope: BoardScope;
  sequence: number;
  readonly seenAtMs: number;
}

/**
 * The board of a region, looked at a few times a second and told to each viewer as deltas of what they may see. One look serves
 * any number of viewers: 500 of them cost no more queries than one.
 */
export class LiveBoard {
  readonly #deps: LiveBoardDeps;
  readonly #stream: string;
  readonly #viewers = new Map<string, Viewer>();
  #model: BoardModel = emptyBoard;
  #isLoaded = false;
  #mirrored: BoardModel = emptyBoard;
  #figures: ReadonlyMap<string, DayFigures> = new Map();
  #figuresAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: LiveBoardDeps) {
    this.#deps = deps;
    this.#stream = deps.random.uuid();
  }

  /** The board as `scope` may see it; from here on this viewer receives deltas. */
  async snapshot(agentId: string, scope: BoardScope, signal: AbortSignal): Promise<BoardSnapshot> {
    if (!this.#isLoaded) await this.look(signal);
    const before = this.#viewers.get(agentId);
    const sequence = before?.sequence ?? 0;
    if (before === undefined && this.#viewers.size >= viewersMax) this.#forgetOldest();
    this.#viewers.set(agentId, { scope, sequence, seenAtMs: this.#deps.clock.monotonicMs() });
    const at = this.#deps.clock.wallNow().toISOString();
    return { stream: this.#stream, sequence, at, ...viewOf(this.#model, scope) };
  }

  /** Looks once and tells what changed. Errors: those of background reads. */
  async look(signal: AbortSignal): Promise<void> {
    const { background, clock } = this.#deps;
    const isDue = clock.monotonicMs() - this.#figuresAtMs >= figuresEachMs;
    const next = await background.read(async (tx) => {
      const figures = isDue ? await readDayFigures(tx) : null;
      const today =
        figures === null ? this.#figures : new Map(figures.map((one) => [one.queueId, one]));
      const [agents, queues] = await Promise.all([readBoardAgents(tx), readBoardQueues(tx, today)]);
      return { agents, queues, today };
    }, signal);
    if (isDue) this.#figuresAtMs = clock.monotonicMs();
    this.#figures = next.today;
    const before = this.#model;
    this.#model = {
      agents: new Map(next.agents.map((agent) => [agent.agentId, agent])),
      queues: new Map(next.queues.map((queue) => [queue.queueId, queue])),
    };
    this.#isLoaded = true;
    this.#tell(before);
    await this.#mirror();
  }

  /** A region that lost its permit forgets: whoever serves next has its own board. */
  forget(): void {
    this.#model = emptyBoard;
    this.#mirrored = emptyBoard;
    this.#isLoaded = false;
    this.#viewers.clear();
  }

  #tell(before: BoardModel): void {
    const now = this.#deps.clock.monotonicMs();
    const changes = changesBetween(before, this.#model);
    if (changes.agents.length + changes.queues.length === 0) return;
    for (const [agentId, viewer] of this.#viewers) {
      if (now - viewer.seenAtMs > viewerMs) {
        this.#viewers.delete(agentId);
        continue;
      }
      const delta = deltaOf(changes, viewer.scope);
      if (delta === null) continue;
      viewer.sequence += 1;
      const data = { stream: this.#stream, sequence: viewer.sequence, ...delta };
      this.#deps.events.publish({ kind: "board", data, audience: { agents: [agentId] } });
    }
  }

  async #mirror(): Promise<void> {
    const term = this.#deps.permit.current()?.term;
    if (term === undefined) return;
    const isMirrored = await mirrorLiveState(this.#deps.redis, this.#mirrored, this.#model, term);
    this.#mirrored = isMirrored ? this.#model : emptyBoard;
  }

  #forgetOldest(): void {
    const [oldest] = this.#viewers.keys();
    if (oldest !== undefined) this.#viewers.delete(oldest);
  }

  /** Looks until `signal` aborts, four times a second while this region holds the permit. */
  async run(signal: AbortSignal): Promise<void> {
    const { permit, clock, log } = this.#deps;
    while (!signal.aborted) {
      try {
        if (permit.current() === null) this.forget();
        else await boundedTurn(clock, lookMaxMs, signal, (limit) => this.look(limit));
      } catch (thrown) {
        if (!signal.aborted) log.warn({ error: describeError(thrown) }, "board not refreshed");
      }
      await clock.sleep(250, signal).catch(() => undefined);
    }
  }
}
