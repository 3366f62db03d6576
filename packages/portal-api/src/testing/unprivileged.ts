import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Servers refuse to run as root; then they run as the user `postgres`, who has a passwd entry. */
function serverOwner(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

const owner = serverOwner();

function spawnOptions(directory: string): SpawnOptions {
  const env = { PATH: process.env.PATH, HOME: directory, LANG: "C.UTF-8" };
  return { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"], ...owner };
}

/** A new directory under the system's temporary one, owned by the user who runs the servers. */
export function serverDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `careline-${name}-`));
  own(directory);
  return directory;
}

export function own(path: string): void {
  if (owner !== null) chownSync(path, owner.uid, owner.gid);
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

export function runToEnd(command: string, args: readonly string[], directory: string): void {
  execFileSync(command, [...args], {
    ...spawnOptions(directory),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return address.port;
}

/** A server process that said it is ready. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Sends `signal` and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a server and waits for the line that matches `ready`; rejects with its output when it ends before. */
export async function startServer(
  command: string,
  args: readonly string[],
  directory: string,
  ready: RegExp,
): Promise<ServerProcess> {
  const child = spawn(command, [...args], spawnOptions(directory));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const read = (line: string): void => {
      if (lines.length < 200) lines.push(line);
      if (ready.test(line)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", read);
    }
    child.once("exit", (code) =>
      reject(new Error(`${command} ended (${code}): ${lines.join("\n")}`)),
    );
    child.once("error", reject);
  });
  return {
    child,
    async stop(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
