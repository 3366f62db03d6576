export { type Clock, DeadlineExceededError, systemClock } from "./clock.ts";
export { ConfigError, configPathFrom, readConfig, readSecret } from "./config.ts";
export {
  CodedError,
  type CodedErrorOptions,
  describeError,
  type ErrorDefinition,
  type ErrorTable,
  InvariantError,
  invariant,
} from "./errors.ts";
export { createLogger, type Logger, type LogOptions, silentLogger } from "./log.ts";
export { Counter, createMetrics, Gauge, Histogram, Registry } from "./metrics.ts";
export { type Random, seededRandom, systemRandom, uuidV7 } from "./random.ts";
export { refuseBytes, usualPatience } from "./server-patience.ts";
export { runProcess } from "./shutdown.ts";
export { readTlsFiles, type TlsFiles, type TlsMaterial, tlsFilesSchema } from "./tls-files.ts";
