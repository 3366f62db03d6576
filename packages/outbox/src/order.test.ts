import { describe, expect, it } from "vitest";
import type { Entry } from "./entries.ts";
import { followerOf, lastAcknowledgedOfRecord, nextToSend } from "./order.ts";
import { formatPosition } from "./position.ts";

type State = Entry["stored"]["state"];

/** A waiting write of a record, in any state. */
function entry(
  id: string,
  record: string | null,
  changes: {
    state?: State;
    position?: string;
    isSending?: boolean;
    notBeforeMs?: number;
    followsPrevious?: boolean;
  } = {},
): Entry {
  const { state = "queued", position = null, isSending = false, notBeforeMs = 0 } = changes;
  const write = { recordKey: record, followsPrevious: changes.followsPrevious };
  return {
    stored: { id, state, position },
    content: record === null ? null : { write, answer: null },
    isSending,
    notBeforeMs,
  } as unknown as Entry;
}
const acknowledged = (id: string, record: string, position: string): Entry =>
  entry(id, record, { state: "acknowledged", position });
const now = 1_000;
const ready = (entries: readonly Entry[], newestTerm = 3): readonly string[] =>
  nextToSend(entries, newestTerm, now).map(({ stored }) => stored.id);

describe("the writes that may go now", () => {
  it("are the oldest of each record, whatever other records wait for", () => {
    expect(ready([entry("1", "a"), entry("2", "a"), entry("3", "b")])).toEqual(["1", "3"]);
  });

  it("wait behind one that is on its way, one that waits its time, and one that was refused", () => {
    expect(ready([entry("1", "a", { isSending: true }), entry("2", "a")])).toEqual([]);
    expect(ready([entry("1", "a", { notBeforeMs: now + 1 }), entry("2", "a")])).toEqual([]);
    expect(ready([entry("1", "a", { notBeforeMs: now }), entry("2", "a")])).toEqual(["1"]);
    expect(ready([entry("1", "a", { state: "conflict" }), entry("2", "a")])).toEqual([]);
  });

  it("go on behind an acknowledged one of this term, and wait behind one of a term that is over", () => {
    expect(ready([acknowledged("1", "a", "3/0/10"), entry("2", "a")])).toEqual(["2"]);
    expect(ready([acknowledged("1", "a", "2/0/10"), entry("2", "a")])).toEqual([]);
    expect(ready([acknowledged("1", "a", "2/0/10"), entry("2", "b")])).toEqual(["2"]);
  });

  it("are none that cannot be read", () => {
    expect(ready([entry("1", null), entry("2", "a")])).toEqual(["2"]);
  });
});

describe("the last acknowledged write of a record", () => {
  const last = (entries: readonly Entry[], of: Entry): string | null => {
    const position = lastAcknowledgedOfRecord(entries, of);
    return position === null ? null : formatPosition(position);
  };

  it("is the newest of the earlier ones of the same record", () => {
    const of = entry("5", "a");
    const earlier = [acknowledged("1", "a", "3/0/10"), acknowledged("2", "a", "3/0/20")];
    const others = [acknowledged("3", "b", "3/0/30"), entry("4", "a")];
    expect(last([...earlier, ...others, of], of)).toBe("3/0/20");
    expect(last([...others, of], of)).toBeNull();
  });

  it("is neither a later one nor itself", () => {
    const of = acknowledged("2", "a", "3/0/20");
    expect(last([of, acknowledged("3", "a", "3/0/30")], of)).toBeNull();
  });
});

describe("the write that follows another", () => {
  const follows = { followsPrevious: true };
  const first = entry("1", "a");
  const follower = (...later: readonly Entry[]): string | undefined =>
    followerOf([entry("0", "a", follows), first, ...later], first)?.stored.id;

  it("is the record's next one, if the user made it on top and it still waits", () => {
    expect(follower(entry("2", "b", follows), entry("3", "a", follows))).toBe("3");
    expect(follower(entry("2", "a"), entry("3", "a", follows))).toBeUndefined();
    expect(follower(entry("2", "a", { ...follows, state: "conflict" }))).toBeUndefined();
    expect(follower()).toBeUndefined();
  });
});
