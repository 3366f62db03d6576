import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOwner } from "@careline/lab/layout/owner.ts";
import { processesIn } from "@careline/lab/supervisor/proc-scan.ts";
import { type Clock, systemClock } from "@careline/platform";

const execute = promisify(execFile);
export const binDir = "/usr/lib/postgresql/15/bin";

/** A data host of a peer: an address others reach through the delay, and its own without it. */
export interface PeerHost {
  readonly name: string;
  readonly dir: string;
  readonly direct: string;
  readonly distant: string;
  readonly port: number;
}

/** A product that keeps one PostgreSQL of two writable: two data hosts with a delay between them, and what they need besides. */
export abstract class Peer {
  readonly root: string;
  readonly hosts: readonly PeerHost[];
  readonly #owner = findOwner();
  readonly #clock: Clock = systemClock;
  #children: ChildProcess[] = [];

  constructor(portBase: number) {
    this.root = mkdtempSync(join(tmpdir(), "peer-"));
    this.#give(this.root);
    this.hosts = ["a", "b"].map((name, at) => ({
      name,
      dir: join(this.root, name),
      direct: `127.0.31.${at + 1}`,
      distant: `127.0.32.${at + 1}`,
      port: portBase + 1 + at,
    }));
  }

  /** What it is and how it is set, for the results. */
  abstract readonly label: string;

  /** Two hosts, one of them primary, with a database `bench`. */
  abstract start(oneWayMs: number): Promise<void>;

  abstract startHost(host: PeerHost): void;

  /** Null: no host is primary, or the other does not follow it. */
  protected abstract wholePrimary(): Promise<PeerHost | null>;

  abstract switchOver(): Promise<void>;

  /** Until one host is primary and the other its safe standby; the primary. */
  async untilWhole(): Promise<PeerHost> {
    let found: PeerHost | null = null;
    await this.until(async () => {
      found = await this.wholePrimary();
      return found !== null;
    }, "one primary and one secondary");
    if (found === null) throw new Error("no primary");
    return found;
  }

  /** Every process of the host, as if its machine lost power or hung. */
  signalHost(host: PeerHost, signal: NodeJS.Signals): void {
    signalAll(host.dir, signal);
  }

  async sql(host: PeerHost, statement: string): Promise<string> {
    return this.psql(host.direct, host.port, "bench", statement);
  }

  async stop(): Promise<void> {
    signalAll(this.root, "SIGKILL");
    for (const child of this.#children) child.kill("SIGKILL");
    await this.#clock.sleep(500);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The account that the peer's processes run as; also its superuser in PostgreSQL. */
  protected get account(): string {
    return this.#owner.name;
  }

  protected delay(host: PeerHost, oneWayMs: number): void {
    const script = new URL("delay-proxy.ts", import.meta.url).pathname;
    const args = [
      script,
      `${host.distant}:${host.port}`,
      `${host.direct}:${host.port}`,
      String(oneWayMs),
    ];
    this.#children.push(spawn(process.execPath, args, { stdio: "ignore" }));
  }

  protected async psql(
    host: string,
    port: number,
    database: string,
    statement: string,
  ): Promise<string> {
    const where = ["-h", host, "-p", String(port), "-U", this.#owner.name, "-d", database];
    const { stdout } = await execute(
      "psql",
      ["-XqAt", "-v", "ON_ERROR_STOP=1", ...where, "-c", statement],
      {
        env: { ...this.#env(this.root), PGCONNECT_TIMEOUT: "2" },
        ...(this.#owner.switchTo ?? {}),
      },
    );
    return stdout.trim();
  }

  /** Runs a command to its end, in the host's folder and as its account. */
  protected run(dir: string, command: string, args: readonly string[]): Promise<unknown> {
    return execute(command, [...args], {
      cwd: dir,
      env: this.#env(dir),
      ...(this.#owner.switchTo ?? {}),
    });
  }

  /** Starts a process that goes on. */
  protected spawn(dir: string, command: string, args: readonly string[]): void {
    const log = openSync(join(dir, "log"), "a");
    this.#children.push(
      spawn(command, args, {
        cwd: dir,
        env: this.#env(dir),
        stdio: ["ignore", log, log],
        ...(this.#owner.switchTo ?? {}),
      }),
    );
  }

  protected makeDir(dir: string): void {
    mkdirSync(dir, { recursive: true });
    this.#give(dir);
  }

  /** Asks each 200 ms; what rejects counts as no. */
  protected async until(look: () => Promise<unknown>, what: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      const answer = await look().catch(() => false);
      if (answer !== false) return;
      await this.#clock.sleep(200);
    }
    throw new Error(`not within two minutes: ${what}`);
  }

  #env(dir: string): Record<string, string> {
    return { PATH: `${binDir}:/usr/bin:/bin`, HOME: dir, LANG: "C.UTF-8", XDG_RUNTIME_DIR: dir };
  }

  #give(path: string): void {
    if (this.#owner.switchTo !== null) chownSync(path, this.#owner.uid, this.#owner.gid);
  }
}

/** Signals every process that works in a folder; one that ended meanwhile needs none. */
function signalAll(dir: string, signal: NodeJS.Signals): void {
  for (const { pid } of processesIn(dir)) {
    try {
      process.kill(pid, signal);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }
}
