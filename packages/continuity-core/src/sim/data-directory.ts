import { type Lsn, lsnFromBytes } from "../lsn.ts";
import type { RegionName } from "./places.ts";

export type WriteClass = "geo" | "local";

/** One record of the write-ahead log. `key` is the idempotency key of a write. */
export interface WalRecord {
  readonly kind: "write" | "audit" | "term" | "checkpoint" | "canary";
  readonly key: string;
  readonly term: number;
  readonly site: RegionName;
}

/** Where a timeline ended and the next one began, as a count of records. */
export interface Fork {
  readonly timeline: number;
  readonly endsAt: number;
}

/** A PostgreSQL data directory: what survives crashes. A position is a count of log records. */
export interface DataDirectory {
  /** Made with the directory, at initdb or clone. */
  readonly dataId: string;
  log: WalRecord[];
  keys: Map<string, number>;
  timeline: number;
  /** What pg_control says: it learns of a promotion at the next checkpoint. */
  controlTimeline: number;
  history: readonly Fork[];
  /** Rows of continuity.terms. */
  terms: readonly TermRow[];
  hasStandbySignal: boolean;
  replayed: number;
  /** Standbys for which commits wait; empty: none. */
  syncNames: string;
  /** Position of the last promotion of this directory. */
  promotedAt: number;
}

export interface TermRow {
  readonly term: number;
  readonly site: RegionName;
  readonly startsAt: number;
}

const firstLsnBytes = 0x3000000;
const bytesPerRecord = 0x80;

export function lsnAt(position: number): Lsn {
  return lsnFromBytes(firstLsnBytes + position * bytesPerRecord);
}

/** A directory as initdb leaves it. */
export function newDirectory(dataId: string): DataDirectory {
  return {
    dataId,
    log: [],
    keys: new Map(),
    timeline: 1,
    controlTimeline: 1,
    history: [],
    terms: [],
    hasStandbySignal: false,
    replayed: 0,
    syncNames: "",
    promotedAt: 0,
  };
}

/** A base backup of `source`, ready to follow it. */
export function cloneDirectory(source: DataDirectory, dataId: string): DataDirectory {
  return {
    ...source,
    dataId,
    log: [...source.log],
    keys: new Map(source.keys),
    hasStandbySignal: true,
    controlTimeline: source.timeline,
    replayed: source.log.length,
  };
}

export function append(directory: DataDirectory, record: WalRecord): number {
  directory.log.push(record);
  const position = directory.log.length;
  if (record.kind === "write") directory.keys.set(record.key, position);
  if (record.kind === "term") {
    const row = { term: record.term, site: record.site, startsAt: directory.promotedAt };
    directory.terms = [...directory.terms, row];
  }
  return position;
}

/** Position up to which both directories hold the same log, by their timeline histories as pg_rewind computes it. */
export function commonPosition(one: DataDirectory, other: DataDirectory): number {
  let depth = 0;
  let common = 0;
  for (;;) {
    const mine = one.history[depth];
    const theirs = other.history[depth];
    const myEnd = mine?.endsAt ?? one.log.length;
    const theirEnd = theirs?.endsAt ?? other.log.length;
    common = Math.min(myEnd, theirEnd);
    if (mine === undefined || theirs === undefined) return common;
    if (mine.endsAt !== theirs.endsAt || mine.timeline !== theirs.timeline) return common;
    depth += 1;
  }
}

/** Whether a standby with this directory can go on by streaming from `primary`: all it holds lies on the primary's history. */
export function canFollow(standby: DataDirectory, primary: DataDirectory): boolean {
  if (standby.log.length > primary.log.length) return false;
  if (standby.timeline > primary.timeline) return false;
  const ends = primary.history.find((fork) => fork.timeline === standby.timeline);
  if (ends === undefined) return standby.timeline === primary.timeline;
  return standby.log.length <= ends.endsAt;
}

/** Cuts the log back to `position`, as a rewind does. */
export function truncate(directory: DataDirectory, position: number): void {
  directory.log.length = position;
  for (const [key, at] of directory.keys) if (at > position) directory.keys.delete(key);
  directory.terms = termRowsIn(directory);
  directory.replayed = Math.min(directory.replayed, position);
}

function termRowsIn(directory: DataDirectory): readonly TermRow[] {
  const held = new Set<number>();
  for (const record of directory.log) if (record.kind === "term") held.add(record.term);
  return directory.terms.filter((row) => held.has(row.term));
}

/** A promotion: the next timeline begins after the last record. */
export function forkTimeline(directory: DataDirectory): void {
  const endsAt = directory.log.length;
  directory.history = [...directory.history, { timeline: directory.timeline, endsAt }];
  directory.timeline += 1;
  directory.promotedAt = endsAt;
  directory.hasStandbySignal = false;
}

/** The newest term in the data: what the audit trigger compares with. */
export function newestTerm(directory: DataDirectory): number {
  let newest = 0;
  for (const row of directory.terms) newest = Math.max(newest, row.term);
  return newest;
}

/** The timeline, and the forks before it, on which `position` of this directory lies. */
export function timelineAt(
  directory: DataDirectory,
  position: number,
): { readonly timeline: number; readonly history: readonly Fork[] } {
  const history: Fork[] = [];
  for (const fork of directory.history) {
    if (position <= fork.endsAt) return { timeline: fork.timeline, history };
    history.push(fork);
  }
  return { timeline: directory.timeline, history };
}
