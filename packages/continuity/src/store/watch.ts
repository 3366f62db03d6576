import { ContinuityError } from "../errors.ts";
import type { EtcdChannel } from "./etcd-channel.ts";
import { endOfPrefix, fromBase64, toBase64, watchLineSchema } from "./etcd-wire.ts";

/** One change. `text` is null when the key was deleted. */
export interface StoreEvent {
  readonly key: string;
  readonly text: string | null;
  readonly revision: number;
}

export interface WatchTarget {
  readonly root: string;
  readonly prefix: string;
  readonly fromRevision: number;
}

/** A watch that breaks this often without one event in between is given up; the caller reads and starts anew. */
const RESUMES_WITHOUT_EVENT_MAX = 10;

/**
 * Changes under a prefix, in order, each once, resumed on another member after a break. A half-open
 * connection can silence it, so it speeds reading up but never replaces it. Ends when aborted.
 * Errors: STORE_COMPACTED (read again, then watch from there), STORE_UNREACHABLE.
 */
export async function* watchPrefix(
  etcd: EtcdChannel,
  target: WatchTarget,
  signal: AbortSignal,
): AsyncGenerator<StoreEvent> {
  const from = target.root + target.prefix;
  let next = target.fromRevision;
  for (let breaks = 0; breaks < RESUMES_WITHOUT_EVENT_MAX; breaks += 1) {
    const create_request = {
      key: toBase64(from),
      range_end: toBase64(endOfPrefix(from)),
      start_revision: String(next),
    };
    const stop = new AbortController();
    const within = AbortSignal.any([signal, stop.signal]);
    try {
      const body = await etcd.stream("/v3/watch", { create_request }, within);
      for await (const event of events(body, target.root)) {
        next = event.revision + 1;
        breaks = 0;
        yield event;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof ContinuityError && thrown.code !== "STORE_UNREACHABLE") throw thrown;
    } finally {
      stop.abort();
    }
    if (signal.aborted) return;
  }
  throw new ContinuityError("STORE_UNREACHABLE", "the watch broke too often");
}

async function* events(body: AsyncIterable<Buffer>, root: string): AsyncGenerator<StoreEvent> {
  for await (const line of linesOf(body)) {
    if (line === "") continue;
    const parsed = watchLineSchema.parse(JSON.parse(line));
    if (parsed.error !== undefined) {
      throw new ContinuityError("STORE_UNREACHABLE", parsed.error.message);
    }
    const result = parsed.result;
    if (result === undefined) continue;
    if (result.canceled) {
      if (result.compact_revision !== undefined) {
        throw new ContinuityError(
          "STORE_COMPACTED",
          `history before revision ${result.compact_revision} is gone`,
        );
      }
      throw new ContinuityError("STORE_UNREACHABLE", result.cancel_reason ?? "watch cancelled");
    }
    for (const { type, kv } of result.events) {
      yield {
        key: fromBase64(kv.key).slice(root.length),
        text: type === "DELETE" ? null : fromBase64(kv.value),
        revision: kv.mod_revision,
      };
    }
  }
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
