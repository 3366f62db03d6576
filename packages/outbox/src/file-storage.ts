import { existsSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import { OutboxError } from "./errors.ts";
import type { OutboxStorage, StoredItem } from "./ports.ts";

type Change = Parameters<OutboxStorage["apply"]>[0];

/**
 * Storage in one file, for clients outside a browser. Each change writes the whole file beside the old
 * one, flushes it and puts it in its place: a crash leaves the old state or the new one. Meant for hundreds of items, not for
 * thousands; one process at a time.
 */
export class FileStorage implements OutboxStorage {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  list(): Promise<readonly StoredItem[]> {
    return this.#inTurn(() => this.#read());
  }

  apply(change: Change): Promise<void> {
    return this.#inTurn(async () => {
      const items = new Map((await this.#read()).map((item) => [item.id, item]));
      for (const id of change.remove) items.delete(id);
      for (const item of change.put) items.set(item.id, item);
      await this.#replace([...items.values()]);
    });
  }

  #inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => {});
    return done;
  }

  async #read(): Promise<StoredItem[]> {
    if (!existsSync(this.#path)) return [];
    try {
      const lines = (await readFile(this.#path, "utf8")).split("\n").filter((line) => line !== "");
      return lines.map((line) => {
        const item = JSON.parse(line) as Omit<StoredItem, "sealed"> & { readonly sealed: string };
        return { ...item, sealed: Uint8Array.from(Buffer.from(item.sealed, "base64")) };
      });
    } catch (cause) {
      throw new OutboxError("STORAGE_UNAVAILABLE", "the outbox's file cannot be read", { cause });
    }
  }

  async #replace(items: readonly StoredItem[]): Promise<void> {
    const lines = items.map((item) =>
      JSON.stringify({ ...item, sealed: Buffer.from(item.sealed).toString("base64") }),
    );
    try {
      const file = await open(`${this.#path}.next`, "w", 0o600);
      await file.writeFile(`${lines.join("\n")}\n`);
      await file.sync();
      await file.close();
      await rename(`${this.#path}.next`, this.#path);
    } catch (cause) {
      const isFull = ["ENOSPC", "EDQUOT"].includes((cause as NodeJS.ErrnoException).code ?? "");
      const code = isFull ? "STORAGE_FULL" : "STORAGE_UNAVAILABLE";
      throw new OutboxError(code, "the outbox's file cannot be written", { cause });
    }
  }
}
