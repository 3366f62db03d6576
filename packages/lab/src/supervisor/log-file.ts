import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { giveTo, type Owner } from "../layout/index.ts";

/** One file and two older ones: a process keeps at most three times this. */
const fileBytesMax = 8 * 1024 * 1024;
const olderFiles = 2;

/** The log of one process; moved aside when it has grown to 8 MiB. */
export class LogFile {
  readonly #path: string;
  readonly #owner: Owner | null;
  #fd: number;
  #bytes: number;
  #isClosed = false;

  constructor(path: string, owner: Owner | null) {
    this.#path = path;
    this.#owner = owner;
    this.#fd = this.#open();
    this.#bytes = fstatSync(this.#fd).size;
  }

  /** What a process still says after the log was closed is dropped. */
  write(chunk: Buffer): void {
    if (this.#isClosed) return;
    writeSync(this.#fd, chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= fileBytesMax) this.#rotate();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#fd);
  }

  #open(): number {
    const fd = openSync(this.#path, "a", 0o640);
    if (this.#owner !== null) giveTo(this.#owner, this.#path);
    return fd;
  }

  #rotate(): void {
    closeSync(this.#fd);
    for (let age = olderFiles; age >= 1; age -= 1) {
      const younger = age === 1 ? this.#path : `${this.#path}.${age - 1}`;
      if (existsSync(younger)) renameSync(younger, `${this.#path}.${age}`);
    }
    this.#fd = this.#open();
    this.#bytes = 0;
  }
}
