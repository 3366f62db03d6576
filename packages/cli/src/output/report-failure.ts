import { CodedError, describeError } from "@careline/platform";
import { CommanderError } from "commander";
import { z } from "zod";
import { CliError, cliErrors } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Output } from "./output.ts";

/** Says what went wrong, its code and what to do next; answers with the exit code. */
export function reportFailure(thrown: unknown, output: Output, isInterrupted: boolean): number {
  if (thrown instanceof CommanderError) return commanderExit(thrown);
  if (isInterrupted && !(thrown instanceof CodedError)) {
    output.note("careline: interrupted");
    return exitCodes.interrupted.code;
  }
  if (thrown instanceof z.ZodError) return reportFailure(unexpectedAnswer(thrown), output, false);
  const code = thrown instanceof CodedError ? String(thrown.code) : "UNEXPECTED";
  const remedy = remedyOf(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  output.json({ error: { code, message, remedy } });
  output.note(`careline: ${code}: ${message}`);
  const causes = thrown instanceof Error && thrown.cause ? describeError(thrown.cause) : null;
  if (causes !== null) output.note(`  because: ${causes}`);
  if (remedy !== null) output.note(`  next: ${remedy}`);
  if (code === "UNEXPECTED" && thrown instanceof Error) output.note(thrown.stack ?? "");
  return exitOf(thrown);
}

/** An answer or a file of another version: the first field that does not fit says enough. */
function unexpectedAnswer(error: z.ZodError): CliError {
  const [first] = error.issues;
  const where = first === undefined || first.path.length === 0 ? "(top)" : first.path.join(".");
  return new CliError("UNEXPECTED_ANSWER", `${where}: ${first?.message ?? "does not fit"}`);
}

function commanderExit(thrown: CommanderError): number {
  return thrown.exitCode === 0 ? exitCodes.done.code : exitCodes.usage.code;
}

function remedyOf(thrown: unknown): string | null {
  if (thrown instanceof CliError) return cliErrors[thrown.code].remedy;
  if (thrown instanceof CodedError && "remedy" in thrown && typeof thrown.remedy === "string") {
    return thrown.remedy;
  }
  return null;
}

function exitOf(thrown: unknown): number {
  if (thrown instanceof CliError) return exitCodes[cliErrors[thrown.code].exit].code;
  if (thrown instanceof CodedError && thrown.code === "LAB_NOT_RUNNING") {
    return exitCodes.notRunning.code;
  }
  return exitCodes.failed.code;
}
