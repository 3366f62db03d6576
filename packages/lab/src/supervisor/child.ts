import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Clock, Logger } from "@careline/platform";
import { makeOwnedDir, type Owner } from "../layout/index.ts";
import { LogFile } from "./log-file.ts";
import { waitUntilReady } from "./probe.ts";
import type { ProcessSpec } from "./process-spec.ts";
import { setNice } from "./set-nice.ts";

/**
 * `waiting`: its wave has not come. `starting`: runs, not ready yet. `running`: ready.
 * `pausing`: ended by itself, starts again soon. `held`: kept down by a fault.
 * `stopped`: ended as asked. `done`: a task that succeeded. `failed`: a task that did not.
 */
export type ChildState =
  | "waiting"
  | "starting"
  | "running"
  | "pausing"
  | "held"
  | "stopped"
  | "done"
  | "failed";

export interface ChildDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly logDir: string;
  readonly owner: Owner | null;
}

/** First pause after a crash; doubles to the longest, begins anew after a minute without one. */
const pauseFirstMs = 250;
const pauseLongestMs = 8000;
const calmAfterMs = 60_000;

/** One process of the lab: started, watched, started again, stopped. The supervisor is its direct parent. */
export class Child {
  readonly spec: ProcessSpec;
  #state: ChildState = "waiting";
  #process: ChildProcess | null = null;
  #restarts = 0;
  #lastExit: string | null = null;
  #startedMs = 0;
  #pauseMs = pauseFirstMs;
  #cancelPause: (() => void) | null = null;
  #stopProbe = new AbortController();
  #settled: (() => void)[] = [];
  readonly #log: LogFile;
  readonly #deps: ChildDeps;

  constructor(spec: ProcessSpec, deps: ChildDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.#log = new LogFile(join(deps.logDir, `${spec.name}.log`), deps.owner);
  }

  get state(): ChildState {
    return this.#state;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get lastExit(): string | null {
    return this.#lastExit;
  }

  get uptimeMs(): number {
    return this.#process === null ? 0 : this.#deps.clock.monotonicMs() - this.#startedMs;
  }

  /** Starts it unless it runs, and waits until it is ready (or, a task, done); false when it is not in time. */
  async start(): Promise<boolean> {
    if (this.#process === null && this.#state !== "done" && this.#state !== "pausing") {
      this.#launch();
    }
    const { clock } = this.#deps;
    const deadline = clock.deadline(this.spec.readyWithinMs);
    while (!deadline.aborted) {
      if (this.#state === "running" || this.#state === "done") return true;
      if (this.#state === "failed" || this.#state === "held" || this.#state === "stopped") {
        return false;
      }
      await this.#nextChange(deadline);
    }
    return false;
  }

  /** Stops it in order: SIGTERM, and SIGKILL when its time is over. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#become("stopped");
    this.#cancelPause?.();
    const running = this.#process;
    if (running === null) return;
    running.kill("SIGTERM");
    // A process stopped by a fault hears SIGTERM only when it goes on.
    running.kill("SIGCONT");
    const deadline = this.#deps.clock.deadline(this.spec.stopWithinMs);
    while (this.#process !== null && !deadline.aborted) await this.#nextChange(deadline);
    if (this.#process === null) return;
    this.#deps.log.warn({ child: this.spec.name }, "did not stop in time; killed");
    this.#process.kill("SIGKILL");
    while (this.#process !== null) await this.#nextChange(this.#deps.clock.deadline(5000));
  }

  /** From now on it stays down when it ends, until it is started again. */
  hold(): void {
    this.#cancelPause?.();
    this.#become("held");
  }

  /** Whether a fault keeps it down. */
  get isHeld(): boolean {
    return this.#state === "held";
  }

  /** Lets it run again after {@link hold}; starts it when it is down. */
  async release(): Promise<boolean> {
    if (this.#state === "held") this.#become(this.#process === null ? "waiting" : "running");
    return this.start();
  }

  closeLog(): void {
    this.#log.close();
  }

  #launch(): void {
    const { spec } = this;
    const { clock, owner } = this.#deps;
    this.#become("starting");
    this.#startedMs = clock.monotonicMs();
    for (const dir of [spec.cwd, ...spec.dirs]) makeOwnedDir(owner, dir);
    const [first, ...rest] = spec.before ?? [];
    if (first === undefined) {
      this.#launchItself();
      return;
    }
    const before = this.#spawn(first, rest);
    before.once("exit", (code, signal) => {
      if (code === 0 && this.#state === "starting") this.#launchItself();
      else this.#ended(code, signal);
    });
  }

  #launchItself(): void {
    const { spec } = this;
    const { clock, log } = this.#deps;
    const child = this.#spawn(spec.command, spec.args);
    child.once("exit", (code, signal) => this.#ended(code, signal));
    this.#stopProbe = new AbortController();
    if (spec.ready.kind === "exit") return;
    void waitUntilReady(spec.ready, clock, this.#stopProbe.signal).then((isReady) => {
      if (!isReady || this.#process !== child || this.#state !== "starting") return;
      log.info({ child: spec.name, afterMs: Math.round(this.uptimeMs) }, "ready");
      this.#become("running");
    });
  }

  #spawn(command: string, args: readonly string[]): ChildProcess {
    const { spec } = this;
    const child = spawn(command, args, {
      cwd: spec.cwd,
      env: { LANG: "C.UTF-8", TZ: "UTC", ...spec.env },
      stdio: ["ignore", "pipe", "pipe"],
      // A session of its own: Linux shares the processor out by session first.
      detached: true,
      ...(this.#deps.owner?.switchTo ?? {}),
    });
    this.#process = child;
    if (child.pid !== undefined) setNice(child.pid, spec.nice);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => this.#log.write(chunk));
    }
    child.on("error", (cause) => {
      this.#deps.log.error({ child: spec.name, error: cause.message }, "cannot be started");
      if (child.pid === undefined) this.#ended(null, null);
    });
    return child;
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    const ranMs = this.uptimeMs;
    this.#process = null;
    this.#stopProbe.abort();
    this.#lastExit = signal ?? (code === null ? "not started" : `exit ${code}`);
    this.#deps.log.info(
      { child: this.spec.name, exit: this.#lastExit, ranMs: Math.round(ranMs) },
      "ended",
    );
    if (this.#state === "stopped" || this.#state === "held") this.#announce();
    else if (this.spec.ready.kind === "exit") this.#become(code === 0 ? "done" : "failed");
    else this.#pauseThenLaunch(ranMs);
  }

  #pauseThenLaunch(ranMs: number): void {
    if (ranMs > calmAfterMs) this.#pauseMs = pauseFirstMs;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, pauseLongestMs);
    this.#become("pausing");
    this.#cancelPause = this.#deps.clock.after(pauseMs, () => {
      this.#cancelPause = null;
      if (this.#state !== "pausing") return;
      this.#restarts += 1;
      this.#launch();
    });
  }

  #become(state: ChildState): void {
    this.#state = state;
    this.#announce();
  }

  #announce(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
