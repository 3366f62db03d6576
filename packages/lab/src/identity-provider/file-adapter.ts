import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import type { Adapter, AdapterConstructor, AdapterPayload } from "oidc-provider";
import { z } from "zod";

interface Entry {
  /** Wall-clock milliseconds, or null for no end. */
  readonly expiresAt: number | null;
  readonly payload: AdapterPayload;
}

const entrySchema = z.object({
  expiresAt: z.number().nullable(),
  payload: z.looseObject({}),
});

/** Between two sweeps of what has expired. */
const sweepEachMs = 60_000;

/**
 * Keeps what the provider has to remember in one file per record, so that a restart of the
 * process signs nobody out. Records are read once at the start and then held in memory too.
 */
export async function openFileStore(
  dir: string,
  clock: Clock,
): Promise<{ readonly adapter: AdapterConstructor; readonly close: () => void }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const store = new FileStore(dir, clock);
  await store.load();
  const stopSweeping = clock.every(sweepEachMs, () => void store.sweep());
  class FileAdapter implements Adapter {
    readonly #model: string;
    constructor(model: string) {
      this.#model = model;
    }
    upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
      return store.put(this.#model, id, payload, expiresIn);
    }
    async find(id: string): Promise<AdapterPayload | undefined> {
      return store.get(this.#model, id);
    }
    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return store.search(this.#model, (payload) => payload.uid === uid);
    }
    async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
      return store.search(this.#model, (payload) => payload.userCode === userCode);
    }
    async consume(id: string): Promise<void> {
      const payload = store.get(this.#model, id);
      if (payload === undefined) return;
      const consumed = Math.floor(clock.wallNow().getTime() / 1000);
      await store.replace(this.#model, id, { ...payload, consumed });
    }
    destroy(id: string): Promise<void> {
      return store.remove(this.#model, id);
    }
    revokeByGrantId(grantId: string): Promise<void> {
      return store.removeGrant(grantId);
    }
  }
  return { adapter: FileAdapter, close: stopSweeping };
}

class FileStore {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(dir: string, clock: Clock) {
    this.#dir = dir;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      if (!name.endsWith(".json")) continue;
      const file = join(this.#dir, name);
      const parsed = entryWithKeySchema.safeParse(parseOrNull(await readFile(file, "utf8")));
      // A record that cannot be read costs one person a sign-in, not everyone the service.
      if (!parsed.success) await rm(file, { force: true });
      else this.#entries.set(parsed.data.key, parsed.data as Entry);
    }
  }

  get(model: string, id: string): AdapterPayload | undefined {
    const entry = this.#entries.get(keyOf(model, id));
    return entry !== undefined && this.#isLive(entry) ? entry.payload : undefined;
  }

  search(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(`${model}:`) && this.#isLive(entry) && matches(entry.payload)) {
        return entry.payload;
      }
    }
    return undefined;
  }

  async put(model: string, id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt =
      expiresIn === undefined ? null : this.#clock.wallNow().getTime() + expiresIn * 1000;
    await this.#write(keyOf(model, id), { expiresAt, payload });
  }

  /** Another payload, the same end. */
  async replace(model: string, id: string, payload: AdapterPayload): Promise<void> {
    const key = keyOf(model, id);
    await this.#write(key, { expiresAt: this.#entries.get(key)?.expiresAt ?? null, payload });
  }

  async remove(model: string, id: string): Promise<void> {
    await this.#delete(keyOf(model, id));
  }

  async removeGrant(grantId: string): Promise<void> {
    const keys = [...this.#entries].filter(([, { payload }]) => payload.grantId === grantId);
    await Promise.all(keys.map(([key]) => this.#delete(key)));
  }

  async sweep(): Promise<void> {
    const keys = [...this.#entries].filter(([, entry]) => !this.#isLive(entry));
    await Promise.all(keys.map(([key]) => this.#delete(key)));
  }

  #isLive(entry: Entry): boolean {
    return entry.expiresAt === null || entry.expiresAt > this.#clock.wallNow().getTime();
  }

  async #write(key: string, entry: Entry): Promise<void> {
    this.#entries.set(key, entry);
    const file = this.#file(key);
    await writeFile(`${file}.new`, JSON.stringify({ key, ...entry }), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async #delete(key: string): Promise<void> {
    this.#entries.delete(key);
    await rm(this.#file(key), { force: true });
  }

  /** Ids are secrets of browsers; their digests are not. */
  #file(key: string): string {
    return join(this.#dir, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  }
}

const entryWithKeySchema = entrySchema.extend({ key: z.string() });

function keyOf(model: string, id: string): string {
  return `${model}:${id}`;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
