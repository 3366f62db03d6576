import type { Clock, Logger } from "@careline/platform";
import { LabError } from "../errors.ts";
import type { Owner, Place } from "../layout/index.ts";
import { Child } from "./child.ts";
import { memoryOf, processesIn, signalTo } from "./proc-scan.ts";
import type { SupervisorConfig } from "./process-spec.ts";
import type { LabPhase, LabStatus } from "./status.ts";

/** Orphans that were asked to end have this long before they are killed. */
const orphansMayTakeMs = 3000;

/** Starts the processes of a lab wave by wave, keeps them alive, and stops them in the opposite order. */
export class Supervisor {
  readonly children: readonly Child[];
  #phase: LabPhase = "starting";
  #failure: string | null = null;
  readonly #startedMs: number;
  #readyAfterMs: number | null = null;
  readonly #siteDirs: readonly string[];
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(config: SupervisorConfig, clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#startedMs = clock.monotonicMs();
    this.#siteDirs = Object.values(config.siteDirs);
    const deps = { clock, log, logDir: config.logDir, owner: ownerOf(config) };
    this.children = config.processes.map((spec) => new Child(spec, deps));
  }

  get phase(): LabPhase {
    return this.#phase;
  }

  /** Goes on with the waves that an incomplete start left out; does nothing in any other phase. */
  resume(): void {
    if (this.#phase !== "incomplete") return;
    this.#phase = "starting";
    this.#failure = null;
    void this.startAll();
  }

  /** Starts all waves; stops at the first process that is not ready in time, and says which. */
  async startAll(): Promise<void> {
    for (const wave of this.#waves()) {
      const results = await Promise.all(
        wave.map(async (child) => ({ child, isReady: await child.start() })),
      );
      if (this.#phase === "stopping") return;
      const late = results.filter(({ isReady }) => !isReady).map(({ child }) => child.spec.name);
      if (late.length > 0) {
        this.#failure = `not ready in time: ${late.join(", ")}`;
        this.#phase = "incomplete";
        this.#log.error({ late }, "the lab did not start");
        return;
      }
    }
    this.#readyAfterMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#phase = "running";
    this.#log.info({ afterMs: Math.round(this.#readyAfterMs) }, "all processes are ready");
  }

  async stopAll(): Promise<void> {
    this.#phase = "stopping";
    for (const wave of this.#waves().reverse()) {
      await Promise.all(wave.map((child) => child.stop()));
    }
    await this.#endOrphans();
    for (const child of this.children) child.closeLog();
  }

  /** The process of that name. Errors: UNKNOWN_PROCESS. */
  child(name: string): Child {
    const found = this.children.find((child) => child.spec.name === name);
    if (found === undefined) throw new LabError("UNKNOWN_PROCESS", `there is no process ${name}`);
    return found;
  }

  /** The daemons of a site; tasks are not among them. */
  daemonsOf(place: Place): readonly Child[] {
    return this.children.filter(
      (child) => child.spec.place === place && child.spec.ready.kind !== "exit",
    );
  }

  status(): LabStatus {
    return {
      phase: this.#phase,
      failure: this.#failure,
      readyAfterMs: this.#readyAfterMs === null ? null : Math.round(this.#readyAfterMs),
      uptimeMs: Math.round(this.#clock.monotonicMs() - this.#startedMs),
      processes: this.children.map((child) => ({
        name: child.spec.name,
        place: child.spec.place,
        wave: child.spec.wave,
        state: child.state,
        pid: child.pid,
        restarts: child.restarts,
        lastExit: child.lastExit,
        uptimeMs: Math.round(child.uptimeMs),
        memoryBytes: child.pid === null ? null : memoryOf(child.pid),
      })),
    };
  }

  /** Children of a process that was killed, such as those of a PostgreSQL without its keeper. */
  async #endOrphans(): Promise<void> {
    const orphans = (): readonly number[] =>
      this.#siteDirs.flatMap((dir) => processesIn(dir).map(({ pid }) => pid));
    const deadlineMs = this.#clock.monotonicMs() + orphansMayTakeMs;
    for (let round = 0; orphans().length > 0; round += 1) {
      const isLate = this.#clock.monotonicMs() > deadlineMs;
      if (round === 0 || isLate) {
        for (const pid of orphans()) signalTo(pid, isLate ? "SIGKILL" : "SIGTERM");
      }
      await this.#clock.sleep(20);
    }
  }

  #waves(): Child[][] {
    const numbers = [...new Set(this.children.map((child) => child.spec.wave))].toSorted(
      (a, b) => a - b,
    );
    return numbers.map((wave) => this.children.filter((child) => child.spec.wave === wave));
  }
}

/** The user that the configuration names, as spawn and chown take it. */
export function ownerOf(config: SupervisorConfig): Owner | null {
  if (config.owner === null) return null;
  const { uid, gid } = config.owner;
  return { name: String(uid), uid, gid, switchTo: { uid, gid } };
}
