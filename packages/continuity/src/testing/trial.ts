import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@careline/platform";

/** PostgreSQL refuses to run as root: as root, this test process becomes the account `postgres` for good. */
export function becomeUnprivileged(): void {
  if (process.getuid?.() !== 0) return;
  const idOf = (flag: string): number =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const [uid, gid] = [idOf("-u"), idOf("-g")];
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** A directory and the processes of one integration test; everything is gone after `end`. */
export class Trial {
  readonly dir: string;
  readonly #children = new Set<ChildProcess>();

  constructor(name: string) {
    this.dir = mkdtempSync(join(tmpdir(), `careline-${name}-`));
  }

  folder(name: string): string {
    const path = join(this.dir, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  /** Starts a process with its output in `<name>.log` of the trial's directory. */
  spawn(
    name: string,
    command: string,
    args: readonly string[],
    options: SpawnOptions = {},
  ): ChildProcess {
    const out = openSync(join(this.dir, `${name}.log`), "a");
    const child = spawn(command, args, { ...options, stdio: ["ignore", out, out] });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  log(name: string): string {
    return readFileSync(join(this.dir, `${name}.log`), "utf8");
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#children].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, "exit");
        child.kill("SIGCONT");
        child.kill("SIGKILL");
        await gone;
      }),
    );
    if (process.env.CARELINE_KEEP_TRIALS === undefined)
      rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Ports that the system just gave and took back. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Waits until `probe` answers something else than null/false; fails with `what` after `withinMs`. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  probe: () => Promise<T | null | false> | T | null | false,
): Promise<T> {
  const start = systemClock.monotonicMs();
  let last: unknown = null;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== null && answer !== false) return answer;
    } catch (thrown) {
      last = thrown;
    }
    if (systemClock.monotonicMs() - start > withinMs) {
      throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
    }
    await systemClock.sleep(20);
  }
}
