import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AuditRow } from "../audit/index.ts";
import { PortalError } from "../problems/index.ts";

/**
 * The audit trail of emergency reads on local disk: one JSON line per row, each with the SHA-256 of the line before, so that a line
 * taken out or altered breaks the chain. One file (`<boot id>-<n>.spool`) per emergency; after its import it is renamed to
 * `….imported` and kept.
 */
export class AuditSpool {
  readonly #directory: string;
  readonly #bootId: string;
  #number = 1;
  #file: FileHandle | null = null;
  #lastHash: string;
  #tail: Promise<void> = Promise.resolve();
  #pending: { readonly text: string; readonly done: PromiseWithResolvers<void> }[] = [];
  #isBroken = false;

  constructor(directory: string, bootId: string) {
    this.#directory = directory;
    this.#bootId = bootId;
    this.#lastHash = firstHash(this.name);
  }

  /** Name of the file in use, without its ending. */
  get name(): string {
    return `${this.#bootId}-${this.#number}`;
  }

  /** Ends the file in use, so that it can be imported; the next emergency begins another. */
  async rotate(): Promise<void> {
    await this.close();
    this.#number += 1;
    this.#lastHash = firstHash(this.name);
    this.#isBroken = false;
  }

  /**
   * Appends rows and waits until they are on the disk; rows that come while a write is under way share the next one.
   * Errors: READ_UNAVAILABLE when the disk refuses; from then on always, because the end of the file is unknown.
   */
  async append(rows: readonly AuditRow[]): Promise<void> {
    if (this.#isBroken) throw new PortalError("READ_UNAVAILABLE", "the audit spool is broken");
    const lines = rows.map((row) => {
      const line = JSON.stringify({ previous: this.#lastHash, row });
      this.#lastHash = hashOf(line);
      return line;
    });
    const done = Promise.withResolvers<void>();
    this.#pending.push({ text: `${lines.join("\n")}\n`, done });
    this.#tail = this.#tail.then(() => this.#flush());
    await done.promise;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file?.close();
    this.#file = null;
  }

  async #flush(): Promise<void> {
    const batch = this.#pending.splice(0);
    if (batch.length === 0) return;
    try {
      this.#file ??= await open(join(this.#directory, `${this.name}.spool`), "a", 0o600);
      await this.#file.write(batch.map(({ text }) => text).join(""));
      await this.#file.datasync();
      for (const { done } of batch) done.resolve();
    } catch (cause) {
      this.#isBroken = true;
      const error = new PortalError("READ_UNAVAILABLE", "the audit spool cannot be written", {
        cause,
      });
      for (const { done } of batch) done.reject(error);
    }
  }
}

const rowSchema = z.strictObject({
  auditId: z.uuid(),
  timestamp: z.coerce.date(),
  agentId: z.uuid().nullable(),
  action: z.string(),
  resourceType: z.string(),
  resourceId: z.string().nullable(),
  patientId: z.uuid().nullable(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  sessionId: z.string().nullable(),
  region: z.enum(["east", "west"]),
  statusCode: z.int(),
  details: z.string(),
  requestId: z.uuid(),
  origin: z.enum(["agent", "system", "anonymous", "emergency"]),
});
const lineSchema = z.strictObject({ previous: z.string(), row: rowSchema });

function firstHash(name: string): string {
  return hashOf(`careline-spool/1 ${name}`);
}

function hashOf(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}

/** Names of the spools that wait to be imported, without the one in use. */
export async function waitingSpools(directory: string, except: string): Promise<readonly string[]> {
  const files = await readdir(directory);
  return files
    .filter((file) => file.endsWith(".spool"))
    .map((file) => file.slice(0, -".spool".length))
    .filter((name) => name !== except)
    .sort();
}

/**
 * The rows of a spool after checking its chain. A last line without its end is what a crash during a write leaves: nothing was shown
 * for it, so it is left out. Errors: SPOOL_UNREADABLE when the chain breaks anywhere else.
 */
export async function readSpool(directory: string, name: string): Promise<readonly AuditRow[]> {
  const lines = (await readFile(join(directory, `${name}.spool`), "utf8")).split("\n");
  lines.pop();
  let previous = firstHash(name);
  return lines.map((line, index) => {
    const parsed = parseLine(line);
    if (parsed === null || parsed.previous !== previous) {
      throw new PortalError(
        "SPOOL_UNREADABLE",
        `the chain of spool ${name} breaks at line ${index + 1}`,
      );
    }
    previous = hashOf(line);
    return parsed.row;
  });
}

function parseLine(line: string): z.output<typeof lineSchema> | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Marks a spool as imported, or as damaged; it stays on the disk either way. */
export async function retireSpool(
  directory: string,
  name: string,
  as: "imported" | "damaged",
): Promise<void> {
  await rename(join(directory, `${name}.spool`), join(directory, `${name}.${as}`));
}
