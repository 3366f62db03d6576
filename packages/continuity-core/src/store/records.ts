import { z } from "zod";
import { lsnPattern } from "../lsn.ts";

/** The records of the quorum store (design: continuity.md, "The quorum store"). Wall-clock texts (`…At`) are for people only. */

export const dataSiteSchema = z.enum(["east", "west"]);
export type DataSite = z.infer<typeof dataSiteSchema>;
export const siteSchema = z.enum(["east", "west", "witness"]);
export type Site = z.infer<typeof siteSchema>;

/** The other region. */
export function otherSite(site: DataSite): DataSite {
  return site === "east" ? "west" : "east";
}

const lsn = z.string().regex(lsnPattern);
const at = z.iso.datetime();
const durationMs = z.number().positive();
const termNumber = z.number().int().positive();

/** `store`: one life of this store. `generation` grows with restore and force-quorum; terms compare as (generation, term). */
export const storeRecordSchema = z.strictObject({
  id: z.uuid(),
  generation: z.number().int().positive(),
});
export type StoreRecord = z.infer<typeof storeRecordSchema>;

export const termCauses = ["initial", "failover", "forced", "switchover", "force-quorum"] as const;

/** `term`: who is primary. Written only by a take-over (or by initialisation). */
export const termRecordSchema = z.strictObject({
  term: termNumber,
  primary: dataSiteSchema,
  cause: z.enum(termCauses),
  /** Run that carried it out; null for the initial term. */
  run: z.string().nullable(),
  /** Identifies the decision: a keeper recognises its own take-over, however late it learns of it. */
  claim: z.string(),
  evidence: z.array(z.string()),
  /** Where it forks off its predecessor: timeline and position that the new primary had flushed; null for the initial and forced terms. */
  timeline: z.number().int().positive().nullable(),
  startLsn: lsn.nullable(),
  startedAt: at,
});
export type TermRecord = z.infer<typeof termRecordSchema>;

/** `lease`: its age is measured by each observer's own clock, from the change of its revision. */
export const leaseRecordSchema = z.strictObject({
  kind: z.enum(["held", "released"]),
  site: dataSiteSchema,
  term: termNumber,
  /** Boot id of the holder's keeper; the empty text before the first keeper of a new installation. */
  bootId: z.string(),
  counter: z.number().int().nonnegative(),
  /** The holder's Q; an observer waits for the larger of this and its own. */
  validityMs: durationMs,
  /** In a release: the LSN of the shutdown checkpoint; null when PostgreSQL did not stop cleanly. */
  finalLsn: lsn.nullable(),
});
export type LeaseRecord = z.infer<typeof leaseRecordSchema>;

/** `sync`: what may be believed about the standby. */
export const syncRecordSchema = z.strictObject({
  term: termNumber,
  mode: z.enum(["sync", "async"]),
  /** Identity of the standby's data directory (made at its clone); null when nobody is known. */
  standbyDataId: z.string().nullable(),
  /** The primary's timeline when the standby was recorded. */
  timeline: z.number().int().positive().nullable(),
  safeToPromote: z.boolean(),
  /** No `geo` acknowledgement lies above it unless the standby confirmed it; null before the first. */
  geoFloor: lsn.nullable(),
  unprotectedSince: at.nullable(),
});
export type SyncRecord = z.infer<typeof syncRecordSchema>;

/** `keepers/<site>`: the one keeper that may act for the site; claimed by compare-and-set when it starts. */
export const keeperClaimSchema = z.strictObject({ bootId: z.string(), claimedAt: at });
export type KeeperClaim = z.infer<typeof keeperClaimSchema>;

const postgresState = z.enum(["down", "starting", "primary", "standby", "rewinding", "cloning"]);

/**
 * `sites/<site>`: heartbeat, bound to an etcd lease; never used for safety. The one record whose readers pass over what they do not know,
 * and whose newer fields may be missing: while one site runs another version, each must still see the other. The records that
 * decide who may write stay strict: a rule that a reader does not know must stop it.
 */
export const siteRecordSchema = z.object({
  site: siteSchema,
  controllerBootId: z.string(),
  keeperBootId: z.string().nullable(),
  version: z.string(),
  beat: z.number().int().nonnegative(),
  postgres: z
    .object({
      state: postgresState,
      dataId: z.string().nullable(),
      timeline: z.number().int().nullable(),
      /** Written (primary) or flushed (standby). */
      lsn: lsn.nullable(),
      /** Of the newest commit that a standby has replayed, in milliseconds behind now, by its own clock. */
      replayDelayMs: z.number().nullable(),
    })
    .nullable(),
  redis: z
    .object({
      role: z.enum(["primary", "replica", "down"]),
      offset: z.number().int().nullable(),
    })
    .nullable(),
  /**
   * Of a primary: rows that it wrote from `since` up to `upTo`, counted from its log, and the most of one second within the last
   * minute; null: not counted. With what the standby has flushed it bounds what a take-over would lose.
   */
  written: z
    .object({
      since: lsn,
      upTo: lsn,
      rows: z.number().int().nonnegative(),
      peakPerSecond: z.number().nonnegative(),
    })
    .nullable()
    .optional(),
  /** Of a primary: calls with somebody on the line; null: the portal's schema does not say. */
  openCalls: z.number().int().nonnegative().nullable().optional(),
  diskFreeBytes: z.number().nonnegative().nullable(),
  certificateDaysLeft: z.number().nullable(),
  settingsDigest: z.string().nullable(),
  /** Sites whose controller answered this one within the last three beats. */
  sees: z.array(siteSchema),
  /** This site saw the primary's portal acknowledge or answer 200 on /health lately. */
  seesPrimaryServing: z.boolean(),
  /** How old that sight was when this was written: only one made after the lapse is a veto. */
  primarySeenAgeMs: z.number().nonnegative().nullable().optional(),
  reportedAt: at,
});
export type SiteRecord = z.infer<typeof siteRecordSchema>;

/** `automation`: the global kill switch; missing means enabled. */
export const automationRecordSchema = z.strictObject({
  enabled: z.boolean(),
  by: z.string(),
  reason: z.string(),
  changedAt: at,
  /** When it goes back on by itself; compared with wall clocks, so never a safety rule. */
  until: at.nullable(),
});
export type AutomationRecord = z.infer<typeof automationRecordSchema>;

/** `ordered`: the run that a person ordered last. Each order changes it, so that of two in the same moment one loses. */
export const orderedRecordSchema = z.strictObject({ run: z.string() });
export type OrderedRecord = z.infer<typeof orderedRecordSchema>;

/** `drills/<scenario>`: the newest rehearsal of a fault; readiness asks how long ago one was kept. */
export const drillRecordSchema = z.strictObject({
  scenario: z.string().regex(/^[a-z][a-z0-9-]{0,79}$/),
  /** Kept: nothing acknowledged was lost and no invariant was violated. */
  outcome: z.enum(["kept", "broken"]),
  runs: z.number().int().positive(),
  by: z.string(),
  at,
});
export type DrillRecord = z.infer<typeof drillRecordSchema>;

/** `history/<term>`: how a term ended; written by the take-over that ended it. */
export const historyRecordSchema = z.strictObject({
  term: termNumber,
  primary: dataSiteSchema,
  endedBy: z.enum(termCauses),
  successor: dataSiteSchema,
  run: z.string().nullable(),
  /** What the successor had flushed of this term's timeline. Anything beyond it is a diverged tail. */
  successorLsn: lsn.nullable(),
  endedAt: at,
});
export type HistoryRecord = z.infer<typeof historyRecordSchema>;
