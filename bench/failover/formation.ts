import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { binDir, Peer, type PeerHost } from "./peer.ts";

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
export class Formation extends Peer {
  readonly label = "pg_auto_failover 2.0 tuned, synchronous";
  readonly #monitorPort: number;

  constructor(portBase: number) {
    super(portBase);
    this.#monitorPort = portBase;
  }

  async start(oneWayMs: number): Promise<void> {
    const monitorDir = join(this.root, "monitor");
    this.makeDir(monitorDir);
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
    this.spawn(monitorDir, "pg_autoctl", ["run", "--pgdata", join(monitorDir, "data")]);
    await this.until(() => this.#monitorSql("select 1"), "the monitor answers");
    for (const [name, value] of Object.entries(monitorSettings)) {
      await this.#monitorSql(`alter system set pgautofailover.${name} = ${value}`);
    }
    await this.#monitorSql("select pg_reload_conf()");
    for (const host of this.hosts) {
      this.makeDir(host.dir);
      this.delay(host, oneWayMs);
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
      await this.until(
        async () => (await this.states()).has(host.name),
        `${host.name} is registered`,
      );
      await this.#openFor(host);
    }
    await this.untilWhole();
  }

  startHost(host: PeerHost): void {
    this.spawn(host.dir, "pg_autoctl", ["run", "--pgdata", join(host.dir, "data")]);
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

  protected async wholePrimary(): Promise<PeerHost | null> {
    const states = await this.states();
    if ([...states.values()].toSorted().join() !== "primary,secondary") return null;
    return this.hosts.find((host) => states.get(host.name) === "primary") ?? null;
  }

  async switchOver(): Promise<void> {
    await this.#monitorSql("select pgautofailover.perform_failover()");
  }

  async #trustLoopback(dataDir: string): Promise<void> {
    await appendFile(
      join(dataDir, "pg_hba.conf"),
      "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n",
    );
  }

  async #openFor(host: PeerHost): Promise<void> {
    await this.#trustLoopback(join(host.dir, "data"));
    await this.until(
      () => this.sql(host, "select pg_reload_conf()"),
      `${host.name} takes connections`,
    );
  }

  #monitorSql(statement: string): Promise<string> {
    return this.psql("127.0.0.1", this.#monitorPort, "pg_auto_failover", statement);
  }

  #autoctl(dir: string, args: readonly string[]): Promise<unknown> {
    return this.run(dir, "pg_autoctl", [...args, "--pgctl", `${binDir}/pg_ctl`]);
  }
}
