import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { commandEnv } from "./command.ts";
import { writeConfiguration } from "./configuration.ts";
import { readControlData } from "./control-data.ts";
import { layoutOf } from "./layout.ts";
import { findWalEnd } from "./wal-end.ts";

export type StopMode = "fast" | "immediate";

/** Ten pauses of 200 ms: five times what the children of a killed server were seen to need. */
const STARTS_MAX = 10;
const RESTART_PAUSE_MS = 200;
/** How often a starting server's status file, or a stopping orphan's process, is looked at. */
const LOOK_MS = 15;
/** A stop that takes longer is killed: fast 10 s, immediate 2 s (measured 30 and 12 ms). */
const STOP_WITHIN_MS = { fast: 10_000, immediate: 2_000 } as const;

/**
 * PostgreSQL as a direct child: never through pg_ctl, whose server would be adopted by process 1 and
 * leave a zombie that blocks the next start. Where `setpriv` exists the kernel also stops the
 * server (immediate) when the keeper dies, so no server outlives its keeper.
 */
export class PostgresServer {
  readonly #config: PostgresConfig;
  readonly #clock: Clock;
  readonly #onExit: () => void;
  #child: ChildProcess | null = null;
  #stopping = false;

  /** `onExit`: the server ended without being asked to. */
  constructor(config: PostgresConfig, clock: Clock, onExit: () => void) {
    this.#config = config;
    this.#clock = clock;
    this.#onExit = onExit;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /**
   * Starts and waits until it accepts connections. After a killed server its children need a moment
   * (0.4 s measured) to let go of the shared memory: until then a start fails and is tried again.
   * Errors: DATABASE_START_FAILED.
   */
  async start(as: "primary" | "standby", withinMs: number, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#startOnce(as, withinMs, signal);
        return;
      } catch (thrown) {
        const isHeld =
          thrown instanceof Error && /shared memory block|lock file/.test(thrown.message);
        if (!isHeld || attempt >= STARTS_MAX || this.#child !== null) throw thrown;
        await this.#clock.sleep(RESTART_PAUSE_MS, signal);
      }
    }
  }

  async #startOnce(
    as: "primary" | "standby",
    withinMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.stop("fast", signal);
    const layout = layoutOf(this.#config);
    writeConfiguration(this.#config);
    // What ALTER SYSTEM or a rewind left there would win over the configuration of this product.
    writeFileSync(join(this.#config.dataDir, "postgresql.auto.conf"), "", { mode: 0o600 });
    if (as === "standby") writeFileSync(layout.standbySignal, "", { mode: 0o600 });
    else rmSync(layout.standbySignal, { force: true });
    const child = this.#spawn();
    this.#child = child;
    this.#stopping = false;
    const spawned = new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.once("exit", () => this.#exited(child));
    await spawned;
    const deadline = this.#clock.monotonicMs() + withinMs;
    while (!this.#accepts(child)) {
      if (this.#child !== child) {
        throw new ContinuityError(
          "DATABASE_START_FAILED",
          `ended while starting: ${this.#lastLog()}`,
        );
      }
      if (this.#clock.monotonicMs() > deadline) {
        await this.stop("immediate", signal);
        throw new ContinuityError("DATABASE_START_FAILED", `not ready within ${withinMs} ms`);
      }
      await this.#clock.sleep(LOOK_MS, signal);
    }
  }

  /**
   * Stops the server, or one that an earlier keeper left behind, and waits until it is gone. Answers
   * what a follower must have (the shutdown checkpoint begun) after a clean stop of a primary, otherwise null.
   */
  async stop(mode: StopMode, signal: AbortSignal): Promise<string | null> {
    const pid = this.#child?.pid ?? this.#orphan();
    if (pid === null || pid === undefined) return null;
    this.#stopping = true;
    kill(pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
    // A stopped (SIGSTOP) server takes no signal but these.
    kill(pid, "SIGCONT");
    if (!(await this.#goneWithin(pid, STOP_WITHIN_MS[mode], signal))) {
      killFamily(pid);
      await this.#goneWithin(pid, STOP_WITHIN_MS.immediate, signal);
    }
    if (mode !== "fast") return null;
    try {
      const control = await readControlData(this.#config, this.#clock, signal);
      return control.state === "shut down"
        ? await findWalEnd(this.#config, control, this.#clock, signal)
        : null;
    } catch {
      // Stopped all the same; without control data nothing is claimed about how.
      return null;
    }
  }

  /** Immediate stop without waiting: the first act of fencing, one system call. */
  strike(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#stopping = true;
    kill(pid, "SIGQUIT");
    kill(pid, "SIGCONT");
  }

  /**
   * Ends a server that does not answer; whoever started it learns that it ended by itself. Processes that a hung disk holds die when it lets
   * them go, before they do anything else, so they count as gone after two seconds.
   */
  async end(signal: AbortSignal): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    killFamily(child.pid);
    if (!(await this.#goneWithin(child.pid, STOP_WITHIN_MS.immediate, signal))) this.#exited(child);
  }

  reload(): void {
    const pid = this.#child?.pid;
    if (pid !== undefined) kill(pid, "SIGHUP");
  }

  #spawn(): ChildProcess {
    const { binDir, logFile } = this.#config;
    const log = openSync(logFile, "a", 0o600);
    const postgres = [
      `${binDir}/postgres`,
      "-c",
      `config_file=${layoutOf(this.#config).configFile}`,
    ];
    const setpriv = existsSync("/usr/bin/setpriv");
    const [command, ...args] = setpriv
      ? ["/usr/bin/setpriv", "--pdeathsig", "QUIT", "--", ...postgres]
      : postgres;
    try {
      return spawn(command ?? "", args, {
        cwd: dirname(this.#config.dataDir),
        env: { PATH: process.env.PATH ?? "", ...preload(), ...commandEnv },
        stdio: ["ignore", log, log],
      });
    } finally {
      closeSync(log);
    }
  }

  #exited(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (!this.#stopping) this.#onExit();
  }

  /** The status line of postmaster.pid, as pg_ctl reads it: `ready` once connections are accepted. */
  #accepts(child: ChildProcess): boolean {
    const [pid, , , , , , , status] = this.#postmasterLines();
    return Number(pid) === child.pid && status?.trim() === "ready";
  }

  #postmasterLines(): string[] {
    try {
      return readFileSync(layoutOf(this.#config).postmasterFile, "utf8").split("\n");
    } catch {
      return [];
    }
  }

  /** A server on this data directory that is not our child: an earlier keeper's. */
  #orphan(): number | null {
    const [pidText, dataDir] = this.#postmasterLines();
    const pid = Number(pidText);
    if (!Number.isInteger(pid) || pid <= 1 || dataDir !== this.#config.dataDir) return null;
    try {
      return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "postgres" ? pid : null;
    } catch {
      return null;
    }
  }

  async #goneWithin(pid: number, withinMs: number, signal: AbortSignal): Promise<boolean> {
    const deadline = this.#clock.monotonicMs() + withinMs;
    while (this.#child?.pid === pid || (this.#child === null && isAlive(pid))) {
      if (this.#clock.monotonicMs() > deadline) return false;
      await this.#clock.sleep(LOOK_MS, signal);
    }
    return true;
  }

  #lastLog(): string {
    try {
      return readFileSync(this.#config.logFile, "utf8").trim().split("\n").slice(-4).join(" | ");
    } catch {
      return "no log";
    }
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** A server and its children: a child that is stopped would hold the shared memory that the next start needs. */
function killFamily(pid: number): void {
  const children = childrenOf(pid);
  for (const each of [pid, ...children]) kill(each, "SIGKILL");
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").flatMap((each) => (each.trim() === "" ? [] : [Number(each)]));
  } catch {
    return [];
  }
}

/** A zombie still has a pid; for us it is gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** A skewed clock of the installation (libfaketime) applies to its database too. */
function preload(): Record<string, string> {
  const names = [
    "LD_PRELOAD",
    "FAKETIME_TIMESTAMP_FILE",
    "FAKETIME_NO_CACHE",
    "FAKETIME_DONT_FAKE_MONOTONIC",
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
