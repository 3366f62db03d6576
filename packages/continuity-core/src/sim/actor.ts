import type { Decision } from "../decide/index.ts";
import type { CommandOutcome, KeeperCommand } from "../keeper/index.ts";
import type { Observation, OpenRun } from "../observe/index.ts";
import { type Action, type Move, nextMove } from "../procedures/index.ts";
import { isOpen, type RunEvent, type RunRecord, reduceRun, type Stamp } from "../runs/index.ts";
import { keys, type SyncRecord, type Txn, writeOwned, writeSync } from "../store/index.ts";
import type { ControllerHost } from "./controller-host.ts";
import {
  finishClone,
  finishQuarantine,
  finishReport,
  finishRewind,
  type RejoinWorld,
  type ToolFailure,
} from "./rejoin-tools.ts";

const requestTimeoutMs = 400;
/** A command without an outcome is given again after this long. */
const repeatCommandMs = 1_000;

type LongAction = "quarantine" | "report-tail" | "rewind" | "clone";

const longActions: Readonly<
  Record<
    LongAction,
    {
      readonly lowMs: number;
      readonly highMs: number;
      readonly finish: (world: RejoinWorld) => ToolFailure;
    }
  >
> = {
  quarantine: { lowMs: 300, highMs: 3_000, finish: finishQuarantine },
  "report-tail": { lowMs: 200, highMs: 1_000, finish: finishReport },
  // Lab notes, section 2: rewind 0.6–1.4 s, base backup 0.6–1.3 s of a small database.
  rewind: { lowMs: 600, highMs: 1_500, finish: finishRewind },
  clone: { lowMs: 600, highMs: 5_000, finish: finishClone },
};

/** Carries out what a controller decided, in one life of its process. */
export class Actor {
  busyWith: string | null = null;
  readonly #controller: ControllerHost;
  readonly #givenAtMs = new Map<string, number>();

  constructor(controller: ControllerHost) {
    this.#controller = controller;
  }

  act(decision: Decision, o: Observation): void {
    if (!this.#controller.process.mayAct()) return;
    switch (decision.kind) {
      case "hold":
        return;
      case "start-primary":
      case "start-standby":
      case "take-back":
        this.#command({ kind: decision.kind });
        return;
      case "restart-postgres":
        this.#controller.memory.restarts += 1;
        this.#command({ kind: "start-primary" });
        return;
      case "give-up":
        this.#judge("the term is given up");
        this.#command({ kind: "release" });
        return;
      case "take-over":
        this.#judge("a take-over");
        this.#command({ kind: "take-over", order: decision.order });
        this.#writeRun(o, decision.run, 0);
        return;
      case "adopt-run":
        this.#writeRun(o, decision.run, 0);
        return;
      case "begin-rejoin":
        this.#judge("a rejoin");
        this.#writeRun(o, decision.run, 0);
        return;
      case "continue-run":
        this.#continue(decision.run, o);
        return;
      case "supersede-run":
        this.#supersede(decision, o);
        return;
      case "promote-redis":
        this.#moveRedis("primary");
        return;
      case "follow-redis":
        this.#moveRedis("replica");
        return;
      case "accept-unprotected":
        this.#command({ kind: "accept-unprotected", accept: decision.accept });
        return;
      case "suspend-writes":
      case "resume-writes":
        this.#command({
          kind: "suspend-writes",
          suspended: decision.kind === "suspend-writes",
        });
        return;
      case "record-async":
      case "record-sync":
      case "record-standby":
      case "revoke-geo":
      case "relax-sync":
      case "enforce-sync":
      case "commit-canary":
      case "announce-geo":
        this.#protect(decision, o);
        return;
    }
  }

  /** An operator orders a run, or steers the open ones. */
  order(run: RunRecord, o: Observation): void {
    this.#writeRun(o, run, 0);
  }

  steer(event: RunEvent, o: Observation): void {
    for (const open of o.quorum.openRuns) this.#journal(open, event, o);
  }

  send(txn: Txn): void {
    const { client, process } = this.#controller;
    if (!process.mayAct()) return;
    client.request(
      requestTimeoutMs,
      (values) => values.txn(txn),
      () => undefined,
      () => undefined,
    );
  }

  #judge(what: string): void {
    const { around, quorum } = this.#controller;
    around.observer.actedByItself(what, quorum.reading?.readAt ?? 0);
  }

  #protect(
    decision: Extract<
      Decision,
      {
        kind:
          | "record-async"
          | "record-sync"
          | "record-standby"
          | "revoke-geo"
          | "relax-sync"
          | "enforce-sync"
          | "commit-canary"
          | "announce-geo";
      }
    >,
    o: Observation,
  ): void {
    switch (decision.kind) {
      case "record-async":
      case "record-sync":
      case "record-standby":
        this.#writeSync(o, decision.sync);
        return;
      case "revoke-geo":
        this.#revokeGeo(o);
        return;
      case "announce-geo":
        this.#command({ kind: "announce-geo", generation: decision.generation });
        return;
      case "relax-sync":
        this.#setSync("");
        return;
      case "enforce-sync":
        this.#setSync("standby");
        return;
      case "commit-canary":
        this.#commitCanary();
        return;
    }
  }

  #command(command: KeeperCommand, done?: (outcome: CommandOutcome) => void): void {
    const { around, process, region } = this.#controller;
    if (region === null || !process.mayAct()) return;
    const now = this.#controller.nowMs();
    const givenAtMs = this.#givenAtMs.get(command.kind) ?? Number.NEGATIVE_INFINITY;
    if (now - givenAtMs < repeatCommandMs) return;
    this.#givenAtMs.set(command.kind, now);
    const life = process.life;
    around.keeperOf(region).command(command, (outcome) =>
      process.run(life, () => {
        this.#givenAtMs.delete(command.kind);
        if (outcome.kind === "refused")
          around.note(process.name, () => `${command.kind} refused: ${outcome.why}`);
        done?.(outcome);
      }),
    );
  }

  #revokeGeo(o: Observation): void {
    const revision = o.quorum.view?.sync.revision ?? 0;
    this.#command({ kind: "revoke-geo" }, (outcome) => {
      if (outcome.kind === "done") this.#controller.geoRevokedAtRevision = revision;
    });
  }

  #setSync(names: string): void {
    const postgres = this.#postgres();
    if (postgres === undefined || !this.#controller.process.mayAct()) return;
    this.#controller.memory.canary = null;
    postgres.process.run(postgres.process.life, () => {
      if (postgres.state === "running") postgres.setSyncNames(names);
    });
  }

  #commitCanary(): void {
    const postgres = this.#postgres();
    const { process } = this.#controller;
    const now = this.#controller.nowMs();
    const givenAtMs = this.#givenAtMs.get("canary") ?? Number.NEGATIVE_INFINITY;
    if (postgres === undefined || now - givenAtMs < repeatCommandMs || !process.mayAct()) return;
    this.#givenAtMs.set("canary", now);
    const { life } = process;
    const { sender } = postgres;
    const record = { kind: "canary", key: "", term: 0, site: postgres.region } as const;
    postgres.execute({
      record,
      waitsForStandby: true,
      done: (result) =>
        process.run(life, () => {
          this.#givenAtMs.delete("canary");
          const isSeen = result.kind === "committed" && !result.isWarned;
          if (isSeen && sender !== undefined && postgres.sender === sender)
            this.#controller.memory.canary = { position: postgres.position, sender };
        }),
    });
  }

  #writeSync(o: Observation, sync: SyncRecord): void {
    const { view } = o.quorum;
    if (view !== null) this.send(writeSync(view, sync));
  }

  #writeRun(o: Observation, run: RunRecord, revision: number): void {
    const { view } = o.quorum;
    if (view === null) return;
    this.send(writeOwned(view, keys.run(run.id), { record: null, revision }, run));
  }

  #supersede({ run, why }: Extract<Decision, { kind: "supersede-run" }>, o: Observation): void {
    const open = o.quorum.openRuns.find((each) => each.run.id === run);
    if (open !== undefined) this.#journal(open, { kind: "supersede", why, at: o.fresh.at }, o);
  }

  #continue(run: string, o: Observation): void {
    const { around } = this.#controller;
    const open = o.quorum.openRuns.find((each) => each.run.id === run);
    if (open === undefined) return;
    const move: Move = nextMove(open, o, around.rules.procedures);
    if (move.kind === "journal") {
      if (move.beside) this.#perform(move.beside.action, move.beside.stamp, open);
      this.#journal(open, move.event, o);
    } else if (move.kind === "act") this.#perform(move.action, move.stamp, open);
  }

  #journal(open: OpenRun, event: RunEvent, o: Observation): void {
    const { around, process } = this.#controller;
    const reduced = reduceRun(open.run, event, around.rules.procedures.mayApprove);
    if (reduced.kind === "refused") {
      around.note(process.name, () => `${event.kind} refused: ${reduced.why}`);
      return;
    }
    const { kind, id } = reduced.run;
    around.onRun(`${kind}: ${event.kind}`);
    if (!isOpen(reduced.run)) around.onRun(`${kind}: ${reduced.run.state.kind}`);
    around.note(process.name, () => `${id} ${kind}: ${tellEvent(event)}`);
    this.#writeRun(o, reduced.run, open.revision);
  }

  #moveRedis(role: "primary" | "replica"): void {
    const { around, process, region } = this.#controller;
    if (region !== null && process.mayAct()) around.redis[region].role = role;
  }

  /** What the receiver has obeyed decides whether it still obeys this. */
  #perform(action: Action, stamp: Stamp, { run }: OpenRun): void {
    const { around, process, region } = this.#controller;
    if (region === null || !process.mayAct()) return;
    const refusal = around.receivers[region].whyRefused(stamp);
    if (refusal !== null) {
      around.note(process.name, () => `${action.kind} refused: ${refusal}`);
      return;
    }
    around.note(process.name, () => `${run.id} ${run.kind}: ${tellAction(action)}`);
    const isDestructive = action.kind === "rewind" || action.kind === "clone";
    const isOrder = action.kind === "keeper" && action.command.kind === "take-over";
    if ((isDestructive || isOrder) && run.orderedBy === null)
      this.#judge(`${action.kind} of a run`);
    switch (action.kind) {
      case "keeper":
        this.#command(action.command);
        return;
      case "redis-promote":
        around.redis[region].role = "primary";
        return;
      case "redis-follow":
        around.redis[region].role = "replica";
        return;
      case "prepare-upstream":
        this.#prepareUpstream();
        return;
      case "quarantine":
      case "report-tail":
      case "rewind":
      case "clone":
        this.#begin(action.kind);
        return;
    }
  }

  #prepareUpstream(): void {
    const postgres = this.#postgres();
    if (postgres === undefined) return;
    postgres.process.after(80, () => {
      if (!postgres.isPrimary) return;
      postgres.checkpoint();
      postgres.hasSlot = true;
    });
  }

  /** A child process of this controller: it dies with it, half-way if need be. */
  #begin(kind: LongAction): void {
    const { around, process } = this.#controller;
    const local = this.#postgres();
    const other = this.#controller.otherRegion;
    if (local === undefined || other === null || this.busyWith !== null) return;
    this.busyWith = kind;
    const upstream = around.databases[other];
    const isReachable = (): boolean =>
      upstream.isPrimary &&
      !upstream.process.isPaused &&
      around.network.areJoined(local.region, other);
    const { finish, highMs, lowMs } = longActions[kind];
    const isDestroying = kind === "rewind" && isReachable() && !local.process.isUp;
    if (isDestroying) local.damage = "damaged";
    process.after(around.dice.between(lowMs, highMs), () => {
      this.busyWith = null;
      const before = local.damage;
      // A tool that fails before it changes anything leaves the directory whole.
      if (isDestroying) local.damage = null;
      const freshId = (): string => around.freshDataId();
      const failure = finish({ observer: around.observer, local, upstream, isReachable, freshId });
      if (failure !== null && isDestroying && !isReachable()) local.damage = before;
      around.note(
        process.name,
        () => `${kind} ${failure === null ? "done" : `failed: ${failure}`}`,
      );
    });
  }

  #postgres(): ControllerHost["around"]["databases"]["east"] | undefined {
    const { around, region } = this.#controller;
    return region === null ? undefined : around.databases[region];
  }
}

function tellEvent(event: RunEvent): string {
  const step = "step" in event ? ` ${event.step}` : "";
  const why = "why" in event ? ` (${event.why})` : "";
  return `${event.kind}${step}${why}`;
}

function tellAction(action: Action): string {
  return action.kind === "keeper" ? `orders its keeper: ${action.command.kind}` : action.kind;
}
