import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock, type TlsFiles } from "@careline/platform";
import type { z } from "zod";
import type { controllerConfigSchema, keeperConfigSchema } from "../config.ts";
import { PeerClient } from "../http/index.ts";
import { createAuthority, type TrialAuthority } from "./authority.ts";
import { type EtcdTrial, startEtcdTrial } from "./etcd-trial.ts";
import { startRedis } from "./redis-trial.ts";
import { configureTwoRegions, type TwoRegions } from "./region.ts";
import { freePorts, Trial } from "./trial.ts";

export type TrialSite = "east" | "west" | "witness";
const SYSTEM = "portal";

/** Slower than the product's: a test machine that runs other tests as well must not lapse by itself. */
export const patientParameters = {
  promiseMs: 3_000,
  leaseMs: 3_000,
  renewMs: 500,
  guardMs: 260,
  requestTimeoutMs: 1_200,
  weakenAfterMs: 8_000,
} as const;

/** For tests of what people do, where the time that a failover takes does not matter: nothing lapses on the busiest machine. */
export const calmParameters = {
  promiseMs: 6_000,
  leaseMs: 6_000,
  renewMs: 1_000,
  guardMs: 560,
  requestTimeoutMs: 2_400,
  weakenAfterMs: 12_000,
} as const;

/** Two regions and a witness of real processes in one directory, without a WAN between them. */
export class SitesTrial {
  readonly trial: Trial;
  readonly authority: TrialAuthority;
  readonly etcd: EtcdTrial;
  readonly regions: TwoRegions;
  readonly keeperPorts: Readonly<Record<"east" | "west", number>>;
  readonly controllerPorts: Readonly<Record<TrialSite, number>>;
  readonly #certificates = new Map<string, TlsFiles>();
  readonly #peers: PeerClient[] = [];
  readonly #running = new Map<string, ChildProcess>();

  private constructor(
    trial: Trial,
    authority: TrialAuthority,
    etcd: EtcdTrial,
    regions: TwoRegions,
    ports: readonly number[],
  ) {
    this.trial = trial;
    this.authority = authority;
    this.etcd = etcd;
    this.regions = regions;
    const [keeperEast = 0, keeperWest = 0, east = 0, west = 0, witness = 0] = ports;
    this.keeperPorts = { east: keeperEast, west: keeperWest };
    this.controllerPorts = { east, west, witness };
  }

  static async start(name: string): Promise<SitesTrial> {
    const trial = new Trial(name);
    const authority = createAuthority(trial.dir);
    const regions = await configureTwoRegions(trial, authority);
    const etcd = await startEtcdTrial(trial, [SYSTEM], authority);
    const sites = new SitesTrial(trial, authority, etcd, regions, await freePorts(5));
    sites.startRedis("east");
    sites.startRedis("west");
    return sites;
  }

  startRedis(site: "east" | "west"): void {
    this.#running.set(`redis-${site}`, startRedis(this.trial, site, this.regions.redis[site]));
  }

  /** A certificate with this common name, made once; `unit` is an operator's role. */
  certificate(commonName: string, unit?: string): TlsFiles {
    const known = this.#certificates.get(commonName);
    if (known !== undefined) return known;
    const made = this.authority.issue(
      commonName,
      `/CN=${commonName}${unit === undefined ? "" : `/OU=${unit}`}`,
    );
    this.#certificates.set(commonName, made);
    return made;
  }

  startKeeper(site: "east" | "west", changes: Partial<KeeperInput> = {}): ChildProcess {
    const config: KeeperInput = {
      site,
      system: SYSTEM,
      listen: { port: this.keeperPorts[site] },
      tls: this.certificate(`keeper.${site}`),
      otherKeeper: {
        url: `https://127.0.0.1:${this.keeperPorts[site === "east" ? "west" : "east"]}`,
      },
      store: this.#store(site, "keeper"),
      postgres: this.regions.postgres[site],
      redis: this.regions.redis[site],
      lockFile: join(this.trial.dir, `keeper-${site}.lock`),
      ...changes,
    };
    return this.#spawnDaemon("keeper", site, config);
  }

  startController(site: TrialSite, changes: Partial<ControllerInput> = {}): ChildProcess {
    const others = (["east", "west", "witness"] as const).filter((other) => other !== site);
    const config: ControllerInput = {
      site,
      system: SYSTEM,
      listen: { port: this.controllerPorts[site] },
      tls: this.certificate(`controller.${site}`),
      store: this.#store(site, "controller"),
      controllers: Object.fromEntries(
        others.map((other) => [other, { url: this.controllerUrl(other) }]),
      ),
      evidenceDir: join(this.trial.dir, `evidence-${site}`),
      // Tests break regions more often than the product's limit of automatic failovers allows.
      policy: { failoversPerHourMax: 100 },
      ...(site === "witness"
        ? {}
        : {
            region: {
              keeper: { url: `https://127.0.0.1:${this.keeperPorts[site]}` },
              postgres: this.regions.postgres[site],
              redis: this.regions.redis[site],
            },
          }),
      ...changes,
    };
    return this.#spawnDaemon("controller", site, config);
  }

  controllerUrl(site: TrialSite): string {
    return `https://127.0.0.1:${this.controllerPorts[site]}`;
  }

  /** A client with the certificate of `commonName` to a daemon. */
  peer(
    daemon: "keeper" | "controller",
    site: TrialSite,
    commonName: string,
    unit?: string,
  ): PeerClient {
    const port =
      daemon === "keeper" ? this.keeperPorts[site as "east"] : this.controllerPorts[site];
    const tls = this.certificate(commonName, unit);
    const peer = new PeerClient(`https://127.0.0.1:${port}`, tls, `${daemon}.${site}`, systemClock);
    this.#peers.push(peer);
    return peer;
  }

  process(name: string): ChildProcess {
    const child = this.#running.get(name);
    if (child === undefined) throw new Error(`no process ${name}`);
    return child;
  }

  /** Names an earlier process again, after a second one of the same name ended. */
  adopt(name: string, child: ChildProcess): void {
    this.#running.set(name, child);
  }

  async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.process(name);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    if (signal !== "SIGSTOP" && signal !== "SIGCONT") await gone;
  }

  /** Stops (SIGSTOP) every process whose working directory lies in the region, as a hung machine would. */
  async stopRegion(site: "east" | "west"): Promise<number[]> {
    const dir = join(this.trial.dir, site);
    const pids = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => cwdOf(name).startsWith(dir))
      .map(Number);
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    return pids;
  }

  async end(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.close()));
    // In order, so that no database outlives its keeper even where the kernel does not see to it.
    for (const name of [...this.#running.keys()].filter((known) =>
      known.startsWith("controller"),
    )) {
      await this.kill(name);
    }
    for (const name of [...this.#running.keys()].filter((known) => known.startsWith("keeper"))) {
      this.process(name).kill("SIGCONT");
      await this.kill(name, "SIGTERM");
    }
    await this.trial.end();
  }

  #store(site: TrialSite, user: string): KeeperInput["store"] {
    const secret = join(this.trial.dir, `${user}.store-secret`);
    writeFileSync(secret, `${user}-secret\n`, { mode: 0o600 });
    const members = [...this.etcd.members].sort(
      (a, b) => Number(b.name === site) - Number(a.name === site),
    );
    return {
      members: members.map(({ name, url }) => ({ name, url })),
      tls: this.etcd.clientTls,
      user,
      passwordFile: secret,
    };
  }

  #spawnDaemon(daemon: "keeper" | "controller", site: TrialSite, config: unknown): ChildProcess {
    const name = `${daemon}-${site}`;
    const file = join(this.trial.dir, `${name}.json`);
    writeFileSync(file, JSON.stringify(config, null, 2));
    const main = join(import.meta.dirname, "..", `${daemon}.ts`);
    const child = this.trial.spawn(name, process.execPath, [main, "--config", file]);
    this.#running.set(name, child);
    return child;
  }
}

type KeeperInput = z.input<typeof keeperConfigSchema>;
type ControllerInput = z.input<typeof controllerConfigSchema>;

function cwdOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
