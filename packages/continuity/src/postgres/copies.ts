import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { cp, lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, type Random, readSecret } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { runCommand, runOrFail } from "./command.ts";
import { replaceFile, upstreamConninfo, writeConfiguration } from "./configuration.ts";
import { type ControlData, readControlData } from "./control-data.ts";
import { layoutOf } from "./layout.ts";

/** Space that must remain free beside a quarantine copy: one WAL retention (1 GB) would fill less. */
const SPARE_BYTES = 256 * 1024 * 1024;

export type RewindOutcome =
  | { readonly kind: "rewound" }
  /** Nothing diverged: the directory can follow as it is. */
  | { readonly kind: "not-needed" }
  | { readonly kind: "impossible"; readonly why: string };

/**
 * The data directory of one region while its server is down: made, cloned, rewound, put aside. Only
 * the controller uses it, after the keeper confirmed that the server is stopped and stays so.
 */
export class PostgresCopies {
  readonly #config: PostgresConfig;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(config: PostgresConfig, clock: Clock, random: Random) {
    this.#config = config;
    this.#clock = clock;
    this.#random = random;
  }

  get exists(): boolean {
    return existsSync(join(this.#config.dataDir, "PG_VERSION"));
  }

  async controlData(signal: AbortSignal): Promise<ControlData> {
    return readControlData(this.#config, this.#clock, signal);
  }

  /** A new, empty system: only for the first primary of an installation. */
  async initialise(signal: AbortSignal): Promise<void> {
    const { binDir, dataDir } = this.#config;
    const making = `${dataDir}.new`;
    rmSync(making, { recursive: true, force: true });
    writeConfiguration(this.#config);
    await runOrFail(
      {
        command: `${binDir}/initdb`,
        args: [
          ...["-D", making, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"],
          ...["--data-checksums", "--auth-local=peer", "--auth-host=scram-sha-256"],
        ],
        withinMs: 60_000,
        clock: this.#clock,
      },
      signal,
    );
    renameSync(making, dataDir);
    this.#newDataId();
  }

  /**
   * A fresh copy of the other region's data. The directory that was there is not touched before the
   * copy is complete, and then put aside as `reason`; answers where.
   */
  async clone(reason: string, signal: AbortSignal): Promise<string | null> {
    const { binDir, dataDir } = this.#config;
    const making = `${dataDir}.new`;
    rmSync(making, { recursive: true, force: true });
    writeConfiguration(this.#config);
    // No slot: a copy that streams through the standby's slot would count as its confirmation.
    await runOrFail(
      {
        command: `${binDir}/pg_basebackup`,
        args: [
          ...["-d", upstreamConninfo(this.#config, { application_name: "clone" })],
          ...["-D", making, "-X", "stream", "-c", "fast", "--no-password"],
        ],
        withinMs: 30 * 60_000,
        clock: this.#clock,
      },
      signal,
    );
    const aside = this.exists ? this.#putAside(reason) : null;
    writeFileSync(join(making, "standby.signal"), "", { mode: 0o600 });
    renameSync(making, dataDir);
    this.#newDataId();
    return aside;
  }

  /**
   * Makes this directory follow the other region's timeline. The source must have made a checkpoint
   * since its promotion: before it, pg_rewind (15) answers "no rewind required" on servers that have
   * diverged, so that answer counts only when the control data agree.
   */
  async rewind(source: { readonly timeline: number }, signal: AbortSignal): Promise<RewindOutcome> {
    const { binDir, dataDir } = this.#config;
    writeConfiguration(this.#config);
    const result = await runCommand(
      {
        command: `${binDir}/pg_rewind`,
        args: [
          `--target-pgdata=${dataDir}`,
          `--source-server=${upstreamConninfo(this.#config, { dbname: "postgres" })}`,
          `--config-file=${layoutOf(this.#config).configFile}`,
        ],
        env: { PGPASSFILE: layoutOf(this.#config).passFile },
        withinMs: 30 * 60_000,
        clock: this.#clock,
      },
      signal,
    );
    if (result.exitCode !== 0) {
      const why = result.output.trim().split("\n").slice(-2).join(" | ");
      return { kind: "impossible", why };
    }
    if (/no rewind required/.test(result.output)) {
      const own = await this.controlData(signal);
      if (own.timeline <= source.timeline) return { kind: "not-needed" };
      return { kind: "impossible", why: `own timeline ${own.timeline} is beyond the source's` };
    }
    // From here on it is a standby's directory: started as anything else it would diverge again.
    writeFileSync(layoutOf(this.#config).standbySignal, "", { mode: 0o600 });
    this.#newDataId();
    return { kind: "rewound" };
  }

  /** Copies the directory into quarantine before anything changes it; space is checked first. Answers where. */
  async quarantine(name: string, signal: AbortSignal): Promise<string> {
    const target = join(layoutOf(this.#config).quarantineDir, name);
    if (existsSync(target)) return target;
    const making = `${target}.new`;
    rmSync(making, { recursive: true, force: true });
    const needed = await directorySize(this.#config.dataDir);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const space = statfsSync(dirname(target));
    const free = space.bavail * space.bsize;
    if (free < needed + SPARE_BYTES) {
      throw new ContinuityError("SPACE_INSUFFICIENT", "no room for the quarantine copy", {
        details: { neededBytes: needed + SPARE_BYTES, freeBytes: free },
      });
    }
    signal.throwIfAborted();
    await cp(this.#config.dataDir, making, { recursive: true, verbatimSymlinks: true });
    signal.throwIfAborted();
    renameSync(making, target);
    return target;
  }

  /** Nothing diverged: the next start follows. */
  becomeStandby(): void {
    writeFileSync(layoutOf(this.#config).standbySignal, "", { mode: 0o600 });
    this.#newDataId();
  }

  /** Names of the copies in quarantine. */
  quarantined(): readonly string[] {
    const { quarantineDir } = layoutOf(this.#config);
    if (!existsSync(quarantineDir)) return [];
    return readdirSync(quarantineDir).filter((name) => !name.endsWith(".new"));
  }

  #putAside(reason: string): string {
    const { quarantineDir } = layoutOf(this.#config);
    mkdirSync(quarantineDir, { recursive: true, mode: 0o700 });
    let target = join(quarantineDir, reason);
    for (let copy = 2; existsSync(target); copy += 1)
      target = join(quarantineDir, `${reason}-${copy}`);
    renameSync(this.#config.dataDir, target);
    return target;
  }

  #newDataId(): void {
    replaceFile(layoutOf(this.#config).dataIdFile, `${this.#random.uuid()}\n`);
  }

  /** Reads every secret that a start needs, so that a missing file is noticed before anything is stopped. */
  checkSecrets(): void {
    readSecret(this.#config.replicationPasswordFile);
    readSecret(this.#config.ownerPasswordFile);
    readSecret(this.#config.appPasswordFile);
  }
}

/** Bytes of all files below; files that vanish meanwhile do not count. */
export async function directorySize(dir: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    try {
      total += (await lstat(join(entry.parentPath, entry.name))).size;
    } catch {
      // Removed meanwhile.
    }
  }
  return total;
}
