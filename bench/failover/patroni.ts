import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@careline/platform";
import { binDir, Peer, type PeerHost } from "./peer.ts";

/** Seconds: the shortest that Patroni 4 allows. Debian's 3.0.2 takes shorter ones as well, which its makers do not support. */
const timing = { ttl: 20, loop_wait: 1, retry_timeout: 3 } as const;

interface Member {
  readonly name: string;
  readonly role: string;
  readonly state: string;
}

/** Patroni: two PostgreSQL hosts, synchronous, with the delay between them, and an etcd of one member beside them. */
export class PatroniPair extends Peer {
  readonly label =
    `Patroni 3.0.2 (Debian), synchronous_mode, ttl ${timing.ttl} / loop ${timing.loop_wait} / retry ${timing.retry_timeout}`;
  readonly #etcdPort: number;
  readonly #restPort: number;

  constructor(portBase: number) {
    super(portBase);
    this.#etcdPort = portBase;
    this.#restPort = portBase + 3;
  }

  async start(oneWayMs: number): Promise<void> {
    const etcdDir = join(this.root, "etcd");
    this.makeDir(etcdDir);
    const client = `http://127.0.0.1:${this.#etcdPort}`;
    this.spawn(etcdDir, "etcd", [
      ...["--data-dir", join(etcdDir, "data"), "--listen-client-urls", client],
      ...["--advertise-client-urls", client],
      ...["--listen-peer-urls", `http://127.0.0.1:${this.#restPort + 1}`],
    ]);
    for (const host of this.hosts) {
      this.makeDir(host.dir);
      this.delay(host, oneWayMs);
      writeFileSync(join(host.dir, "patroni.json"), JSON.stringify(this.#settings(host), null, 2));
      this.startHost(host);
      await this.until(
        async () => (await this.#members()).some(({ name }) => name === host.name),
        `${host.name} is registered`,
      );
    }
    const primary = await this.untilWhole();
    await this.psql(primary.direct, primary.port, "postgres", "create database bench");
  }

  startHost(host: PeerHost): void {
    this.spawn(host.dir, "patroni", [join(host.dir, "patroni.json")]);
  }

  protected async wholePrimary(): Promise<PeerHost | null> {
    const members = await this.#members();
    const leader = members.find(({ role, state }) => role === "leader" && state === "running");
    const standby = members.find(({ role }) => role === "sync_standby");
    const isFollowing = standby?.state === "running" || standby?.state === "streaming";
    if (leader === undefined || !isFollowing) return null;
    return this.hosts.find(({ name }) => name === leader.name) ?? null;
  }

  async switchOver(): Promise<void> {
    const primary = await this.untilWhole();
    const candidate = this.hosts.find((host) => host !== primary);
    const answer = await fetch(`${this.#rest(primary)}/switchover`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ leader: primary.name, candidate: candidate?.name }),
    });
    if (!answer.ok) throw new Error(`switchover: ${answer.status} ${await answer.text()}`);
  }

  /** What the first host that answers says of both. */
  async #members(): Promise<readonly Member[]> {
    for (const host of this.hosts) {
      try {
        const answer = await fetch(`${this.#rest(host)}/cluster`, {
          signal: systemClock.deadline(1_000),
        });
        return ((await answer.json()) as { members: readonly Member[] }).members;
      } catch {
        // Down or stopped: the other one knows.
      }
    }
    return [];
  }

  #rest(host: PeerHost): string {
    return `http://${host.direct}:${this.#restPort}`;
  }

  #settings(host: PeerHost): object {
    const parameters = { wal_log_hints: "on", max_connections: 100, hot_standby: "on" };
    return {
      scope: "bench",
      name: host.name,
      restapi: {
        listen: `${host.direct}:${this.#restPort}`,
        connect_address: `${host.direct}:${this.#restPort}`,
      },
      etcd3: { host: `127.0.0.1:${this.#etcdPort}` },
      bootstrap: {
        dcs: {
          ...timing,
          synchronous_mode: true,
          postgresql: { use_pg_rewind: true, use_slots: true, parameters },
        },
        initdb: [{ encoding: "UTF8" }, "data-checksums"],
      },
      postgresql: {
        listen: `${host.direct}:${host.port}`,
        connect_address: `${host.distant}:${host.port}`,
        data_dir: join(host.dir, "data"),
        bin_dir: binDir,
        pgpass: join(host.dir, "pgpass"),
        parameters: { unix_socket_directories: host.dir },
        pg_hba: [
          "local all all trust",
          "host all all 127.0.0.0/8 trust",
          "host replication all 127.0.0.0/8 trust",
        ],
        authentication: {
          superuser: { username: this.account },
          replication: { username: "replicator" },
          rewind: { username: this.account },
        },
      },
    };
  }
}
