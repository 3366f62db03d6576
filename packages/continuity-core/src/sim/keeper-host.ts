import type {
  CommandOutcome,
  KeeperCommand,
  KeeperEffect,
  KeeperEvent,
  KeeperState,
  PermitAnswer,
  PermitQuestion,
  PromiseAnswer,
  PromiseQuestion,
} from "../keeper/index.ts";
import { nextWakeMs } from "../keeper/index.ts";
import { lsnAt, newestTerm } from "./data-directory.ts";
import { EtcdClient } from "./etcd-client.ts";
import type { ScheduledEvent } from "./event-queue.ts";
import type { KeeperSurroundings } from "./keeper-surroundings.ts";
import { openConnection } from "./network.ts";
import { otherRegion, type RegionName } from "./places.ts";
import { SimProcess } from "./sim-process.ts";

/** Before what the daemon compares wall and monotonic clock (keeper-driver.ts). */
const comparesClocks: ReadonlySet<KeeperEvent["kind"]> = new Set([
  "tick",
  "permit-asked",
  "promise-asked",
]);
const wallText = "2026-01-01T00:00:00.000Z";

/** The process around the real keeper: it carries effects out in the simulated world and brings events back. */
export class KeeperHost {
  readonly site: RegionName;
  readonly process: SimProcess;
  state: KeeperState | undefined;
  readonly #around: KeeperSurroundings;
  #lease: EtcdClient;
  #reads: EtcdClient;
  #promises = openConnection();
  #wake: ScheduledEvent | undefined;
  #wakeAtMs = Number.NaN;
  #nextCommand = 1;
  #commands = new Map<number, (outcome: CommandOutcome) => void>();
  /** Told when the server that this keeper started ends by itself, or by another's hand. */
  #onExit: () => void = () => undefined;
  #replyPermit: ((answer: PermitAnswer) => void) | undefined;
  #replyPromise: ((answer: PromiseAnswer) => void) | undefined;

  constructor(site: RegionName, around: KeeperSurroundings, name = `keeper.${site}`) {
    this.site = site;
    this.#around = around;
    this.process = new SimProcess(name, site, around.queue, around.dice);
    const client = (): EtcdClient =>
      new EtcdClient(around.etcd, this.process, [site, "witness", otherRegion(site)]);
    this.#lease = client();
    this.#reads = client();
    this.process.onStart = () => {
      this.#lease = client();
      this.#reads = client();
      this.#start();
    };
    this.process.onKill = () => {
      this.state = undefined;
      this.#commands.clear();
    };
  }

  /** A command of this site's controller. The outcome comes once, or never if either process dies. */
  command(command: KeeperCommand, done: (outcome: CommandOutcome) => void): void {
    this.process.run(this.process.life, () => {
      const id = this.#nextCommand;
      this.#nextCommand += 1;
      this.#commands.set(id, done);
      this.#handle({ kind: "command", id, command });
    });
  }

  /** An event from outside; it waits while the process is stopped. */
  dispatch(event: KeeperEvent): void {
    this.process.run(this.process.life, () => this.#handle(event));
  }

  /** Until the primary has lapsed as this keeper sees it, by the rules that this world lives by. */
  lapsesInMs(state: KeeperState, now: number): number {
    const rules = this.#around.keeperRules;
    if (state.view !== null && rules.releaseSkipsWaits(state.view)) return 0;
    return Math.max(0, rules.lapsesAtMs(state) - now);
  }

  askPermit(question: PermitQuestion, reply: (answer: PermitAnswer) => void): void {
    this.process.run(this.process.life, () => {
      this.#replyPermit = reply;
      this.#handle({ kind: "permit-asked", question });
    });
  }

  askPromise(question: PromiseQuestion, reply: (answer: PromiseAnswer) => void): void {
    this.process.run(this.process.life, () => {
      this.#replyPromise = reply;
      this.#handle({ kind: "promise-asked", question });
    });
  }

  #start(): void {
    const { keeper, parameters } = this.#around;
    const bootId = `${this.process.name}#${this.process.life}`;
    const identity = { site: this.site, bootId, parameters, startedAt: wallText };
    this.#nextCommand = 1;
    const { state, effects } = keeper.start(identity, this.process.monotonicMs());
    this.state = state;
    this.#perform(effects);
  }

  #handle(event: KeeperEvent): void {
    if (comparesClocks.has(event.kind)) this.#compareClocks();
    const before = this.state;
    if (before === undefined) return;
    const now = this.process.monotonicMs();
    const { state, effects } = this.#around.keeper.step(before, event, now);
    this.state = state;
    this.#around.onStep(before, event, state);
    this.#perform(effects);
  }

  /** As the daemon does: a suspended machine shows as a jump of the wall clock. */
  #compareClocks(): void {
    const byMs = this.process.takeStandstillMs();
    if (byMs > this.#around.parameters.guardMs) this.#handle({ kind: "clocks-disagree", byMs });
  }

  #perform(effects: readonly KeeperEffect[]): void {
    for (const effect of effects) {
      if (!this.process.mayAct()) return;
      this.#act(effect);
    }
    this.#scheduleWake();
  }

  #scheduleWake(): void {
    if (this.state === undefined) return;
    const wakeAtMs = nextWakeMs(this.state, this.#around.keeperRules);
    if (wakeAtMs === this.#wakeAtMs && this.#wake?.action !== undefined) return;
    if (this.#wake !== undefined) this.#wake.action = undefined;
    this.#wakeAtMs = wakeAtMs;
    if (wakeAtMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(1, wakeAtMs - this.process.monotonicMs());
    this.#wake = this.process.after(delayMs, () => {
      this.#wakeAtMs = Number.NaN;
      this.#handle({ kind: "tick" });
    });
  }

  #act(effect: KeeperEffect): void {
    switch (effect.kind) {
      case "read-quorum":
        this.#readQuorum(effect.read);
        return;
      case "send-txn":
        this.#sendTxn(effect);
        return;
      case "ask-promise":
        this.#askPromise(effect.question);
        return;
      case "answer-promise":
        this.#replyPromise?.(effect.answer);
        return;
      case "answer-permit":
        this.#replyPermit?.(effect.answer);
        return;
      case "announce-change":
        this.#announce();
        return;
      case "primary-lapsed":
        this.#around.onLapse();
        return;
      case "answer-command":
        this.#answerCommand(effect.id, effect.outcome);
        return;
      case "alarm":
        this.#around.note(this.process.name, () => `alarm: ${effect.sentence}`);
        return;
      case "block-redis":
        this.#around.redis.block();
        return;
      case "unblock-redis":
        this.#around.redis.unblock();
        return;
      case "stop-postgres":
      case "start-postgres":
      case "stop-wal-receiver":
      case "report-position":
      case "start-wal-receiver":
      case "promote-postgres":
      case "record-term":
        this.#actOnPostgres(effect);
        return;
    }
  }

  #actOnPostgres(effect: PostgresEffect): void {
    const { postgres, note } = this.#around;
    note(this.process.name, () => describe(effect));
    switch (effect.kind) {
      case "stop-postgres":
        this.#stopPostgres(effect.mode);
        return;
      case "start-postgres":
        this.#startPostgres(effect.as);
        return;
      case "stop-wal-receiver":
        postgres.isReceiverWanted = false;
        this.#later(5, 25, () => {
          if (postgres.isReceiverWanted) return;
          postgres.receiver?.close();
          this.#reportPosition(true);
        });
        return;
      case "report-position":
        this.#later(1, 10, () => this.#reportPosition(false));
        return;
      case "start-wal-receiver":
        postgres.isReceiverWanted = postgres.isStandby;
        return;
      case "promote-postgres":
        postgres.promote(
          effect.term,
          (timeline, startLsn) => this.dispatch({ kind: "promoted", timeline, startLsn }),
          () => this.dispatch({ kind: "promotion-failed" }),
        );
        return;
      case "record-term":
        this.#recordTerm(effect.term);
        return;
    }
  }

  #later(lowMs: number, highMs: number, action: () => void): void {
    const life = this.process.life;
    this.#around.queue.after(this.#around.dice.between(lowMs, highMs), () =>
      this.process.run(life, action),
    );
  }

  #readQuorum(read: number): void {
    this.#reads.request(
      this.#around.parameters.requestTimeoutMs,
      (values) => values.view(),
      (view) => this.#handle({ kind: "quorum-read", read, view }),
      () => this.#handle({ kind: "quorum-read-failed", read }),
    );
  }

  #sendTxn({ attempt, purpose, txn }: Extract<KeeperEffect, { kind: "send-txn" }>): void {
    if (purpose !== "renew") this.#around.note(this.process.name, () => `sends ${purpose}`);
    this.#lease.request(
      this.#around.parameters.requestTimeoutMs,
      (values) => values.txn(txn),
      ({ succeeded, view }) => {
        if (purpose !== "renew")
          this.#around.note(this.process.name, () => `${purpose} ${succeeded ? "won" : "lost"}`);
        this.#handle({ kind: "txn-answered", attempt, succeeded, view });
      },
      () => this.#handle({ kind: "txn-unknown", attempt }),
    );
  }

  #askPromise(question: PromiseQuestion): void {
    const { network, parameters } = this.#around;
    const other = this.#around.other();
    const life = this.process.life;
    const connection = this.#promises;
    let isDone = false;
    const timer = this.process.after(parameters.requestTimeoutMs, () => {
      if (isDone) return;
      this.#promises = openConnection();
      this.#handle({ kind: "promise-failed", question: question.question });
    });
    network.send(this.site, other.site, connection, () =>
      other.askPromise(question, (answer) =>
        network.send(other.site, this.site, openConnection(), () =>
          this.process.run(life, () => {
            isDone = true;
            timer.action = undefined;
            this.#handle({ kind: "promise-answered", answer });
          }),
        ),
      ),
    );
  }

  #announce(): void {
    const { network } = this.#around;
    for (const portal of this.#around.portals()) {
      const portalLife = portal.process.life;
      network.send(this.site, this.site, openConnection(), () =>
        portal.process.run(portalLife, () => portal.changed()),
      );
    }
  }

  #answerCommand(id: number, outcome: CommandOutcome): void {
    const done = this.#commands.get(id);
    this.#commands.delete(id);
    done?.(outcome);
  }

  #stopPostgres(mode: "fast" | "immediate"): void {
    const { postgres } = this.#around;
    const life = this.process.life;
    const stopped = (finalLsn: string | null): void =>
      this.process.run(life, () => this.#handle({ kind: "postgres-stopped", finalLsn }));
    if (mode === "fast") postgres.stopFast(stopped);
    else postgres.stopImmediate(stopped, postgres.onExit === this.#onExit);
  }

  #startPostgres(as: "primary" | "standby"): void {
    const { postgres } = this.#around;
    const life = this.process.life;
    const exited = (): void =>
      this.process.run(life, () => this.#handle({ kind: "postgres-exited" }));
    if (postgres.process.isUp) {
      this.#later(5, 20, exited);
      return;
    }
    this.#onExit = exited;
    postgres.onExit = exited;
    const term = as === "standby" ? null : (this.state?.view?.term.record?.term ?? 0);
    postgres.start(term, (startedAs) =>
      this.process.run(life, () => this.#handle({ kind: "postgres-started", as: startedAs })),
    );
  }

  #reportPosition(receiverStopped: boolean): void {
    const { postgres } = this.#around;
    if (!postgres.isStandby || postgres.process.isPaused) {
      this.#handle({ kind: "standby-position-failed" });
      return;
    }
    const { dataId, timeline } = postgres.directory;
    const position = { dataId, timeline, flushedLsn: lsnAt(postgres.position) };
    this.#handle({ kind: "standby-position", receiverStopped, position });
  }

  /** The first commit of the term. A repeat finds its row and is content. */
  #recordTerm(term: number): void {
    const { postgres } = this.#around;
    const life = this.process.life;
    const recorded = (): void =>
      this.process.run(life, () => this.#handle({ kind: "term-recorded", term }));
    if (postgres.isPrimary && newestTerm(postgres.directory) >= term) {
      this.#later(1, 5, recorded);
      return;
    }
    postgres.execute({
      record: { kind: "term", key: `term-${term}`, term, site: this.site },
      waitsForStandby: false,
      done: (result) => {
        if (result.kind === "committed") recorded();
        // Tried again as long as the server lives; if it died, its exit is an event of its own.
        else if (postgres.process.isUp) this.#later(50, 100, () => this.#recordTerm(term));
      },
    });
  }
}

type PostgresEffect = Extract<
  KeeperEffect,
  {
    kind:
      | "stop-postgres"
      | "start-postgres"
      | "stop-wal-receiver"
      | "report-position"
      | "start-wal-receiver"
      | "promote-postgres"
      | "record-term";
  }
>;

function describe(effect: PostgresEffect): string {
  switch (effect.kind) {
    case "stop-postgres":
      return `stops PostgreSQL (${effect.mode})`;
    case "start-postgres":
      return `starts PostgreSQL as ${effect.as}`;
    case "promote-postgres":
      return `promotes PostgreSQL for term ${effect.term}`;
    case "record-term":
      return `writes term ${effect.term} into the data`;
    case "stop-wal-receiver":
    case "report-position":
    case "start-wal-receiver":
      return effect.kind;
  }
}
