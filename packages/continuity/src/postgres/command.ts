import { spawn } from "node:child_process";
import type { Clock } from "@careline/platform";
import { ContinuityError } from "../errors.ts";

export interface CommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The command is killed after this long. */
  readonly withinMs: number;
  readonly clock: Clock;
  /** Output beyond this is dropped from its beginning; 64 kB unless given. */
  readonly outputMax?: number;
}

export interface CommandResult {
  readonly exitCode: number | null;
  /** Standard output and standard error, its end. */
  readonly output: string;
}

const OUTPUT_MAX = 65_536;

/** libpq reads $HOME/.postgresql; a home that the account cannot enter breaks every TLS connection. */
export const commandEnv = { HOME: "/nonexistent", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };

/** Runs a database command to its end. Aborting kills it; what it had written stays. */
export function runCommand(options: CommandOptions, signal: AbortSignal): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, options.clock.deadline(options.withinMs)]);
    const child = spawn(options.command, options.args, {
      env: { PATH: process.env.PATH ?? "", ...commandEnv, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-(options.outputMax ?? OUTPUT_MAX));
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const kill = (): void => void child.kill("SIGKILL");
    limit.addEventListener("abort", kill, { once: true });
    child.once("error", (cause) => {
      limit.removeEventListener("abort", kill);
      reject(new ContinuityError("COMMAND_FAILED", `${options.command} cannot be run`, { cause }));
    });
    child.once("close", (exitCode) => {
      limit.removeEventListener("abort", kill);
      if (limit.aborted) reject(limit.reason as Error);
      else resolve({ exitCode, output });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Like `runCommand`, but anything but exit code 0 is COMMAND_FAILED with the last line of output. */
export async function runOrFail(options: CommandOptions, signal: AbortSignal): Promise<string> {
  const result = await runCommand(options, signal);
  if (result.exitCode === 0) return result.output;
  const name = options.command.split("/").at(-1) ?? options.command;
  const last = result.output.trim().split("\n").slice(-2).join(" | ");
  throw new ContinuityError("COMMAND_FAILED", `${name} ended with ${result.exitCode}: ${last}`);
}
