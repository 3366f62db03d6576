import type { ServerResponse } from "node:http";
import type { Clock } from "@careline/platform";
import type { FastifyReply } from "fastify";

/** Listeners beyond this are refused: a region has a few portal processes and one controller. */
const LISTENERS_MAX = 64;
/** A listener that does not read is dropped when this much waits for it. */
const BUFFERED_MAX = 65_536;

/** Streams of lines to whoever listens: each published line goes to all, and the newest once a second. */
export class LineStream {
  readonly #listeners = new Set<ServerResponse>();
  readonly #stopBeat: () => void;
  #newest: () => string;

  /** `newest`: the line that a new listener and each second's beat get. */
  constructor(clock: Clock, newest: () => string) {
    this.#newest = newest;
    this.#stopBeat = clock.every(1_000, () => this.publish(this.#newest()));
  }

  /** Takes the reply over. False: too many listeners, nothing was sent. */
  attach(reply: FastifyReply, contentType: string): boolean {
    if (this.#listeners.size >= LISTENERS_MAX) return false;
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" });
    response.socket?.setNoDelay(true);
    this.#listeners.add(response);
    const drop = (): void => void this.#listeners.delete(response);
    response.on("close", drop);
    response.on("error", drop);
    response.write(this.#newest());
    return true;
  }

  publish(line: string): void {
    for (const response of this.#listeners) {
      response.write(line);
      if (response.writableLength > BUFFERED_MAX) response.destroy();
    }
  }

  close(): void {
    this.#stopBeat();
    for (const response of this.#listeners) response.end();
    this.#listeners.clear();
  }
}
