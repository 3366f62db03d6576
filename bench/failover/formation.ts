import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findOwner } from "@careline/lab/layout/owner.ts";
import { processesIn } from "@careline/lab/supervisor/proc-scan.ts";
import { type Clock, systemClock } from "@careline/platform";

const run = promisify(execFile);
const binDir = "/usr/lib/postgresql/15/bin";

/** A data host of the peer: an address others reach through the delay, and its own without it. */
export interface PeerHost {
  readonly name: string;
  readonly dir: string;
  readonly direct: string;
  readonly distant: string;
  readonly port: number;
}

/** Milliseconds, as measured to be the fastest that lose nothing (the bench's README says where from). */
const monitorSettings = {
  health_check_period: 1_000,
  health_check_timeout: 1_000,
  health_check_max_retries: 1,
  health_check_retry_delay: 500,
  node_considered_unhealthy_timeout: 2_000,
  primary_demote_timeout: 2_000,
} as const;

/** pg_auto_failover: a monitor and two PostgreSQL hosts, synchronous, with the delay between the hosts. */
export class Formation {
  readonly root: string;
  readonly hosts: readonly PeerHost[];
  readonly #owner = findOwner();
  readonly #clock: Clock = systemClock;
  readonly #monitorPort: number;
  #children: ChildProcess[] = [];

  constructor(portBase: number) {
    this.root = mkdtempSync(join(tmpdir(), "peer-"));
    this.#give(this.root);
    this.#monitorPort = portBase;
    this.hosts = ["a", "b"].map((name, at) => ({
      name,
      dir: join(this.root, name),
      direct: `127.0.31.${at + 1}`,
      distant: `127.0.32.${at + 1}`,
      port: portBase + 1 + at,
    }));
  }

  async start(oneWayMs: number): Promise<void> {
    const monitorDir = join(this.root, "monitor");
    this.#makeDir(monitorDir);
    await this.#autoctl(monitorDir, [
      "create",
      "monitor",
      "--pgdata",
      join(monitorDir, "data"),
      "--hostname",
      "127.0.0.1",
      "--pgport",
      String(this.#monitorPort),
      "--skip-pg-hba",
      "--no-ssl",
    ]);
    await this.#trustLoopback(join(monitorDir, "data"));
    this.#spawn(monitorDir, ["run", "--pgdata", join(monitorDir, "data")]);
    await this.#until(() => this.#monitorSql("select 1"), "the monitor answers");
    for (const [name, value] of Object.entries(monitorSettings)) {
      await this.#monitorSql(`alter system set pgautofailover.${name} = ${value}`);
    }
    await this.#monitorSql("select pg_reload_conf()");
    for (const host of this.hosts) {
      this.#makeDir(host.dir);
      this.#proxy(host, oneWayMs);
      await this.#autoctl(host.dir, [
        "create",
        "postgres",
        "--pgdata",
        join(host.dir, "data"),
        "--hostname",
        host.distant,
        "--listen",
        host.direct,
        "--pgport",
        String(host.port),
        "--name",
        host.name,
        "--monitor",
        `postgres://autoctl_node@127.0.0.1:${this.#monitorPort}/pg_auto_failover`,
        "--skip-pg-hba",
        "--no-ssl",
        "--dbname",
        "bench",
      ]);
      this.startHost(host);
      await this.#until(
        async () => (await this.states()).has(host.name),
        `${host.name} is registered`,
      );
      await this.#openFor(host);
    }
    await this.untilWhole();
  }

  startHost(host: PeerHost): void {
    this.#spawn(host.dir, ["run", "--pgdata", join(host.dir, "data")]);
  }

  /** Reported and assigned state of each host, as the monitor has them. */
  async states(): Promise<Map<string, string>> {
    const rows = await this.#monitorSql(
      "select nodename || ' ' || reportedstate || ' ' || goalstate from pgautofailover.node",
    );
    return new Map(
      rows
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const [name = "", reported = "", goal = ""] = line.split(" ");
          return [name, reported === goal ? reported : `${reported}→${goal}`];
        }),
    );
  }

  async untilWhole(): Promise<PeerHost> {
    await this.#until(
      async () => [...(await this.states()).values()].toSorted().join() === "primary,secondary",
      "one primary and one secondary",
    );
    return this.primary();
  }

  async primary(): Promise<PeerHost> {
    const states = await this.states();
    const found = this.hosts.find((host) => states.get(host.name) === "primary");
    if (found === undefined) throw new Error(`no primary: ${JSON.stringify([...states])}`);
    return found;
  }

  signalHost(host: PeerHost, signal: NodeJS.Signals): void {
    signalAll(host.dir, signal);
  }

  async switchOver(): Promise<void> {
    await this.#monitorSql("select pgautofailover.perform_failover()");
  }

  async sql(host: PeerHost, statement: string): Promise<string> {
    return this.#psql(host.direct, host.port, "bench", statement);
  }

  async stop(): Promise<void> {
    signalAll(this.root, "SIGKILL");
    for (const child of this.#children) child.kill("SIGKILL");
    await this.#clock.sleep(500);
    rmSync(this.root, { recursive: true, force: true });
  }

  #proxy(host: PeerHost, oneWayMs: number): void {
    const script = new URL("delay-proxy.ts", import.meta.url).pathname;
    const args = [
      script,
      `${host.distant}:${host.port}`,
      `${host.direct}:${host.port}`,
      String(oneWayMs),
    ];
    this.#children.push(spawn(process.execPath, args, { stdio: "ignore" }));
  }

  async #trustLoopback(dataDir: string): Promise<void> {
    await appendFile(
      join(dataDir, "pg_hba.conf"),
      "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n",
    );
  }

  async #openFor(host: PeerHost): Promise<void> {
    await this.#trustLoopback(join(host.dir, "data"));
    await this.#until(
      () => this.sql(host, "select pg_reload_conf()"),
      `${host.name} takes connections`,
    );
  }

  #monitorSql(statement: string): Promise<string> {
    return this.#psql("127.0.0.1", this.#monitorPort, "pg_auto_failover", statement);
  }

  async #psql(host: string, port: number, database: string, statement: string): Promise<string> {
    const where = ["-h", host, "-p", String(port), "-U", this.#owner.name, "-d", database];
    const { stdout } = await run(
      "psql",
      ["-XqAt", "-v", "ON_ERROR_STOP=1", ...where, "-c", statement],
      {
        env: { ...this.#env(this.root), PGCONNECT_TIMEOUT: "2" },
        ...(this.#owner.switchTo ?? {}),
      },
    );
    return stdout.trim();
  }

  #autoctl(dir: string, args: readonly string[]): Promise<unknown> {
    return run("pg_autoctl", [...args, "--pgctl", `${binDir}/pg_ctl`], {
      cwd: dir,
      env: this.#env(dir),
      ...(this.#owner.switchTo ?? {}),
    });
  }

  #spawn(dir: string, args: readonly string[]): void {
    const log = openSync(join(dir, "log"), "a");
    this.#children.push(
      spawn("pg_autoctl", args, {
        cwd: dir,
        env: this.#env(dir),
        stdio: ["ignore", log, log],
        ...(this.#owner.switchTo ?? {}),
      }),
    );
  }

  #env(dir: string): Record<string, string> {
    return { PATH: `${binDir}:/usr/bin:/bin`, HOME: dir, LANG: "C.UTF-8", XDG_RUNTIME_DIR: dir };
  }

  #makeDir(dir: string): void {
    mkdirSync(dir, { recursive: true });
    this.#give(dir);
  }

  #give(path: string): void {
    if (this.#owner.switchTo !== null) chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  async #until(look: () => Promise<unknown>, what: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      const answer = await look().catch(() => false);
      if (answer !== false) return;
      await this.#clock.sleep(200);
    }
    throw new Error(`not within two minutes: ${what}`);
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
