import type { Observation } from "../observe/index.ts";
import type { Site } from "../store/index.ts";

/** What readiness looks at, over all sites; null: unknown, which counts against it. */
export interface ReadinessInput {
  readonly isSafeToPromote: boolean;
  readonly lagBytes: number | null;
  readonly replayDelayMs: number | null;
  readonly diskFreeBytes: Readonly<Partial<Record<Site, number | null>>>;
  readonly certificateDaysLeft: Readonly<Partial<Record<Site, number | null>>>;
  readonly settingsDigests: readonly (string | null)[];
  readonly versions: readonly string[];
  readonly silentSites: readonly Site[];
  readonly isRedisLinked: boolean | null;
  readonly isQuorumAnswering: boolean;
  readonly lastDrillAgeDays: number | null;
  readonly isAutomationEnabled: boolean;
}

export const readinessCodes = [
  "standby-not-safe",
  "lag",
  "replay-delay",
  "disk",
  "certificate",
  "settings-drift",
  "version-drift",
  "site-silent",
  "redis-unlinked",
  "quorum-silent",
  "no-recent-drill",
  "automation-off",
] as const;
export type ReadinessCode = (typeof readinessCodes)[number];

export interface ReadinessReason {
  readonly code: ReadinessCode;
  readonly site: Site | null;
  readonly sentence: string;
  /** Points taken off 100. */
  readonly costs: number;
  /** A switchover refuses unless the operator names this code to be ignored. */
  readonly blocks: boolean;
}

export interface Readiness {
  readonly ready: boolean;
  /** 0–100. */
  readonly score: number;
  readonly reasons: readonly ReadinessReason[];
}

const lagBytesMax = 16 * 1024 * 1024;
const replayDelayMsMax = 5_000;
const diskFreeBytesMin = 512 * 1024 * 1024;
const certificateDaysMin = 7;
const drillDaysMax = 30;

/** Evaluated continuously; a switchover refuses when something blocks. */
export function evaluateReadiness(input: ReadinessInput): Readiness {
  const reasons = [
    ...replicationReasons(input),
    ...siteReasons(input),
    ...driftReasons(input),
    ...controlReasons(input),
  ];
  const cost = reasons.reduce((sum, reason) => sum + reason.costs, 0);
  return {
    ready: !reasons.some((reason) => reason.blocks),
    score: Math.max(0, 100 - cost),
    reasons,
  };
}

type Details = Omit<ReadinessReason, "code">;

const reason = (code: ReadinessCode, details: Details): ReadinessReason => ({ code, ...details });

function replicationReasons(input: ReadinessInput): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  const site = null;
  if (!input.isSafeToPromote)
    reasons.push(
      reason("standby-not-safe", {
        site,
        sentence: "The standby is not recorded as safe to promote.",
        costs: 60,
        blocks: true,
      }),
    );
  if (input.lagBytes === null || input.lagBytes > lagBytesMax)
    reasons.push(
      reason("lag", {
        site,
        sentence: lagSentence(input.lagBytes),
        costs: 20,
        blocks: true,
      }),
    );
  if (input.replayDelayMs !== null && input.replayDelayMs > replayDelayMsMax)
    reasons.push(
      reason("replay-delay", {
        site,
        sentence: `The standby replays ${Math.round(input.replayDelayMs)} ms behind.`,
        costs: 15,
        blocks: true,
      }),
    );
  if (input.isRedisLinked === false)
    reasons.push(
      reason("redis-unlinked", {
        site,
        sentence: "Redis of the standby does not follow.",
        costs: 10,
        blocks: false,
      }),
    );
  return reasons;
}

/** The largest number stands for "no standby is connected". */
function lagSentence(lagBytes: number | null): string {
  if (lagBytes === Number.MAX_SAFE_INTEGER) return "No standby streams.";
  return `The standby lags by ${lagBytes ?? "an unknown number of"} bytes.`;
}

function siteReasons(input: ReadinessInput): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  for (const site of input.silentSites)
    reasons.push(
      reason("site-silent", {
        site,
        sentence: `The controller of ${site} is silent.`,
        costs: 25,
        blocks: site !== "witness",
      }),
    );
  for (const [site, free] of Object.entries(input.diskFreeBytes) as [Site, number | null][]) {
    if (free !== null && free >= diskFreeBytesMin) continue;
    reasons.push(
      reason("disk", {
        site,
        sentence: `${site} has ${free ?? "an unknown number of"} bytes free.`,
        costs: 20,
        blocks: free !== null,
      }),
    );
  }
  for (const [site, days] of Object.entries(input.certificateDaysLeft) as [Site, number | null][]) {
    if (days === null || days >= certificateDaysMin) continue;
    reasons.push(
      reason("certificate", {
        site,
        sentence: `A certificate of ${site} expires in ${Math.floor(days)} days.`,
        costs: 10,
        blocks: days < 1,
      }),
    );
  }
  return reasons;
}

function driftReasons(input: ReadinessInput): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  const site = null;
  if (new Set(input.settingsDigests.filter((each) => each !== null)).size > 1)
    reasons.push(
      reason("settings-drift", {
        site,
        sentence: "PostgreSQL's settings differ between the regions.",
        costs: 10,
        blocks: true,
      }),
    );
  if (new Set(input.versions).size > 1)
    reasons.push(
      reason("version-drift", {
        site,
        sentence: "The sites run different versions.",
        costs: 10,
        blocks: false,
      }),
    );
  return reasons;
}

function controlReasons(input: ReadinessInput): ReadinessReason[] {
  const reasons: ReadinessReason[] = [];
  const site = null;
  if (!input.isQuorumAnswering)
    reasons.push(
      reason("quorum-silent", {
        site,
        sentence: "The quorum does not answer.",
        costs: 60,
        blocks: true,
      }),
    );
  if (!input.isAutomationEnabled)
    reasons.push(
      reason("automation-off", {
        site,
        sentence: "Automation is switched off.",
        costs: 10,
        blocks: false,
      }),
    );
  if (input.lastDrillAgeDays === null || input.lastDrillAgeDays > drillDaysMax)
    reasons.push(
      reason("no-recent-drill", {
        site,
        sentence: `No drill in the last ${drillDaysMax} days.`,
        costs: 5,
        blocks: false,
      }),
    );
  return reasons;
}

/** Heartbeats older than this count as silence: ten beats of half a second. */
const silentAfterMs = 5_000;

/** What one controller can say from what it has in hand; drills are known to the daemon, which may add them. */
export function readinessInputOf(o: Observation): ReadinessInput {
  const { sites, view } = o.quorum;
  const seen = (["east", "west", "witness"] as const).map((site) => [site, sites[site]] as const);
  const live = seen.flatMap(([, each]) => (each === undefined ? [] : [each.record]));
  const primary = view?.term.record?.primary;
  const standby = primary === "east" ? sites.west : sites.east;
  return {
    isSafeToPromote: view?.sync.record?.safeToPromote === true,
    lagBytes: o.postgres?.replication?.lagBytes ?? null,
    replayDelayMs: standby?.record.postgres?.replayDelayMs ?? null,
    diskFreeBytes: Object.fromEntries(
      live.filter((each) => each.site !== "witness").map((each) => [each.site, each.diskFreeBytes]),
    ),
    certificateDaysLeft: Object.fromEntries(
      live.map((each) => [each.site, each.certificateDaysLeft]),
    ),
    settingsDigests: live
      .filter((each) => each.site !== "witness")
      .map((each) => each.settingsDigest),
    versions: live.map((each) => each.version),
    // Heartbeats pass the quorum: while it does not answer, their silence is no news of a site.
    silentSites: seen
      .filter(([, each]) => each === undefined || each.ageMs > silentAfterMs)
      .filter(() => o.quorum.isAnswering)
      .map(([site]) => site),
    isRedisLinked: standby?.record.redis ? standby.record.redis.role === "replica" : null,
    isQuorumAnswering: o.quorum.isAnswering,
    lastDrillAgeDays: null,
    isAutomationEnabled: o.quorum.automation?.record?.enabled ?? true,
  };
}
