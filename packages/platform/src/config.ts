import { readFileSync } from "node:fs";
import type { z } from "zod";
import { CodedError } from "./errors.ts";

export type ConfigErrorCode = "CONFIG_UNREADABLE" | "CONFIG_INVALID" | "SECRET_UNREADABLE";

/** Thrown while a process starts; the message names the file and the field, never the value. */
export class ConfigError extends CodedError<ConfigErrorCode> {
  override readonly name = "ConfigError";
}

/**
 * Reads a JSON config file and parses it.
 * Errors: CONFIG_UNREADABLE (no such file, not JSON), CONFIG_INVALID (fields named).
 */
export function readConfig<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): z.output<Schema> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new ConfigError("CONFIG_UNREADABLE", `cannot read the config file ${path}`, { cause });
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues
    .map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`)
    .join("; ");
  throw new ConfigError("CONFIG_INVALID", `${path}: ${fields}`);
}

/** Reads a secret from a file, without its final newline. Secrets never come from the command line. */
export function readSecret(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new ConfigError("SECRET_UNREADABLE", `cannot read the secret file ${path}`, { cause });
  }
}

/** The value after `--config` on a daemon's command line. */
export function configPathFrom(argv: readonly string[]): string {
  const at = argv.indexOf("--config");
  const path = at >= 0 ? argv[at + 1] : undefined;
  if (path === undefined) {
    throw new ConfigError("CONFIG_UNREADABLE", "start this process with --config <file.json>");
  }
  return path;
}
