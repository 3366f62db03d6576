/** What a process needs to know about one error code. Each package keeps its codes in one `as const` table. */
export interface ErrorDefinition {
  /** HTTP status that the code is answered with. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What the reader should do, in one plain sentence. Never contains data. */
  readonly remedy: string;
}

export type ErrorTable = Readonly<Record<string, ErrorDefinition>>;

export interface CodedErrorOptions {
  readonly cause?: unknown;
  /** Identifiers and numbers that help the reader; never patient data, never secrets. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Base of the one error class that each package has. `message` holds ids and numbers only, never patient data. */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  constructor(code: Code, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** A broken assumption of the program itself. Not to be caught: the process ends and its supervisor restarts it. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Ends the process (through an uncaught InvariantError) when something that cannot be false is false. */
export function invariant(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new InvariantError(`broken invariant: ${claim}`);
}

/** A short text for logs from anything that was thrown: code and message, causes included, no stack. */
export function describeError(thrown: unknown): string {
  const parts: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 4 && current !== undefined && current !== null; depth += 1) {
    if (current instanceof Error) {
      const code = "code" in current && typeof current.code === "string" ? `${current.code}: ` : "";
      parts.push(`${code}${current.message}`);
      current = current.cause;
    } else {
      parts.push(String(current));
      break;
    }
  }
  return parts.join(" ← ");
}
