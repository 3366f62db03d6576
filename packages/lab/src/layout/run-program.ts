import { spawn } from "node:child_process";
import { LabError } from "../errors.ts";
import type { Owner } from "./owner.ts";

export interface ProgramOptions {
  /** Runs as this user when the lab was started by root. */
  readonly owner?: Owner;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Keeps the newest 64 KiB of what a program says: enough for any message, bounded for any program. */
const outputBytesMax = 65_536;

/**
 * Runs a program to its end and hands back what it said.
 * Errors: PROGRAM_MISSING (cannot be started), PREPARE_FAILED (ended with a code other than 0).
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const result = await tryProgram(command, args, options, signal);
  if (result.exitCode !== 0) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
    throw new LabError("PREPARE_FAILED", `${command} ended with ${result.exitCode}: ${said}`);
  }
  return result;
}

/** Like {@link runProgram}, but a code other than 0 is an answer, not an error. */
export function tryProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
  signal: AbortSignal,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { PATH: process.env.PATH ?? "", LANG: "C.UTF-8", ...options.env },
      signal,
      stdio: ["pipe", "pipe", "pipe"],
      ...(options.owner?.switchTo ?? {}),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(-outputBytesMax);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-outputBytesMax);
    });
    child.on("error", (cause) => {
      reject(
        signal.aborted
          ? signal.reason
          : new LabError("PROGRAM_MISSING", `${command} cannot be started`, { cause }),
      );
    });
    child.on("close", (exitCode) => resolve({ exitCode: exitCode ?? 1, stdout, stderr }));
    child.stdin.on("error", () => {
      // The program ended before it read its input; its exit code says why.
    });
    child.stdin.end(options.input ?? "");
  });
}
