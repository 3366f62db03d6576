import { type Logger, pino } from "pino";

export type { Logger } from "pino";

export interface LogOptions {
  /** Process name, e.g. `portal-api`. */
  readonly process: string;
  /** `east`, `west`, `witness` or `edge`. */
  readonly site: string;
  readonly level?: string;
}

/**
 * Structured JSON lines on standard output. Callers log ids, codes and numbers only: nothing a
 * patient or caller said or is called. The redaction list is a second net, not the rule.
 */
export function createLogger(options: LogOptions): Logger {
  return pino({
    level: options.level ?? "info",
    base: { process: options.process, site: options.site, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        "req.headers.cookie",
        "req.headers.authorization",
        "res.headers['set-cookie']",
        "*.password",
        "*.secret",
        "*.ssn",
        "*.token",
      ],
      censor: "[redacted]",
    },
  });
}

/** A logger that keeps quiet, for tests. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
