import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import { z } from "zod";
import type { PostgresConfig } from "../config.ts";
import { ContinuityError } from "../errors.ts";
import { readControlData } from "./control-data.ts";
import { directorySize } from "./copies.ts";
import { layoutOf } from "./layout.ts";

const proofSchema = z.object({
  name: z.string(),
  bytes: z.number(),
  /** SHA-256 over names and contents of all files as they were. */
  digest: z.string(),
  systemId: z.string().nullable(),
  by: z.string(),
  reason: z.string(),
  deletedAt: z.string(),
});
/** What remains of a copy after its deletion. */
export type DeletionProof = z.infer<typeof proofSchema>;

export interface QuarantinedCopy {
  readonly name: string;
  readonly createdAt: string;
  readonly bytes: number;
}

/** Copies of data directories that were put aside, and the proofs of those that were deleted. */
export class Quarantine {
  readonly #config: PostgresConfig;
  readonly #clock: Clock;

  constructor(config: PostgresConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  async list(): Promise<QuarantinedCopy[]> {
    const dir = layoutOf(this.#config).quarantineDir;
    if (!existsSync(dir)) return [];
    // Neither what is being copied (`.new`) nor what is being deleted (`.deleted`).
    const names = readdirSync(dir).filter(
      (name) => /^[A-Za-z0-9-]+$/.test(name) && existsSync(join(dir, name, "PG_VERSION")),
    );
    return Promise.all(
      names.sort().map(async (name) => ({
        name,
        createdAt: statSync(join(dir, name)).birthtime.toISOString(),
        bytes: await directorySize(join(dir, name)),
      })),
    );
  }

  /** Deletes a copy and keeps the proof; a repeat answers the same proof. Errors: NOT_FOUND. */
  async discard(
    name: string,
    by: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<DeletionProof> {
    const known = this.proofs().find((proof) => proof.name === name);
    if (known !== undefined) return known;
    const draft = join(layoutOf(this.#config).quarantineDir, `${name}.draft.json`);
    if (!/^[A-Za-z0-9-]{1,80}$/.test(name) || !existsSync(draft)) {
      const copy = this.pathOf(name);
      const proof: DeletionProof = {
        name,
        bytes: await directorySize(copy),
        digest: await digestOf(copy, signal),
        systemId: await this.#systemId(copy, signal),
        by,
        reason,
        deletedAt: this.#clock.wallNow().toISOString(),
      };
      writeFileSync(draft, `${JSON.stringify(proof, null, 2)}\n`, { mode: 0o600 });
    }
    return this.#delete(name, draft);
  }

  /** The draft becomes the proof only when nothing is left; one that was interrupted goes on here. */
  async #delete(name: string, draft: string): Promise<DeletionProof> {
    const copy = join(layoutOf(this.#config).quarantineDir, name);
    // Renamed first: what is half deleted must never be listed as a copy again.
    if (existsSync(copy)) renameSync(copy, `${copy}.deleted`);
    await rm(`${copy}.deleted`, { recursive: true, force: true });
    renameSync(draft, `${copy}.proof.json`);
    return proofSchema.parse(JSON.parse(readFileSync(`${copy}.proof.json`, "utf8")));
  }

  proofs(): DeletionProof[] {
    const dir = layoutOf(this.#config).quarantineDir;
    if (!existsSync(dir)) return [];
    return readdirSync(dir)
      .filter((name) => name.endsWith(".proof.json"))
      .map((name) => proofSchema.parse(JSON.parse(readFileSync(join(dir, name), "utf8"))));
  }

  /** Errors: NOT_FOUND for anything but the name of a copy. */
  pathOf(name: string): string {
    const dir = layoutOf(this.#config).quarantineDir;
    const isPlain = /^[A-Za-z0-9-]{1,80}$/.test(name);
    if (isPlain && existsSync(join(dir, name, "PG_VERSION"))) return join(dir, name);
    throw new ContinuityError("NOT_FOUND", "no such copy in quarantine");
  }

  async #systemId(copy: string, signal: AbortSignal): Promise<string | null> {
    try {
      const at = { ...this.#config, dataDir: copy };
      return (await readControlData(at, this.#clock, signal)).systemId;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }
}

/** Reads everything once more: what is proven gone is what was there, byte by byte. */
async function digestOf(copy: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const entries = (await readdir(copy, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of entries) {
    hash.update(`${path.slice(copy.length)} ${statSync(path).size}\n`);
    for await (const part of createReadStream(path, { signal })) hash.update(part as Buffer);
  }
  return hash.digest("hex");
}
