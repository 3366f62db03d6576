import {
  currentStep,
  lsnBytes,
  type Observation,
  type Readiness,
  type Site,
  type SiteSeen,
} from "@careline/continuity-core";
import type { Snapshot } from "./controller-loop.ts";

export type SiteRole = "primary" | "standby" | "fenced" | "rejoining" | "witness" | "down";

export interface SiteStatus {
  readonly role: SiteRole;
  readonly healthy: boolean;
  readonly reasons: readonly string[];
  readonly reportedAgeMs: number | null;
  readonly postgres: SiteSeen["record"]["postgres"];
  readonly redis: SiteSeen["record"]["redis"];
  readonly sees: readonly Site[];
}

/** Answer of `GET /v1/status`: the same from every site, as far as it can see. */
export interface Status {
  readonly system: string;
  readonly site: Site;
  readonly term: number | null;
  readonly primary: "east" | "west" | null;
  /** The standby streams, is recorded safe to promote, and geo commits wait for it. */
  readonly protected: boolean;
  readonly unprotectedSince: string | null;
  readonly quorum: { readonly answering: boolean; readonly ageMs: number | null };
  readonly sites: Readonly<Record<Site, SiteStatus>>;
  readonly lag: { readonly bytes: number | null; readonly seconds: number | null };
  readonly sync: {
    readonly mode: "sync" | "async" | null;
    readonly safeToPromote: boolean;
    readonly geoFloor: string | null;
  };
  /** Of this site's own keeper. */
  readonly permit: {
    readonly reason: string;
    readonly phase: string;
    readonly remainingMs: number;
    readonly leaseRemainingMs: number;
    readonly promiseRemainingMs: number;
    readonly leastSlackMs: number | null;
    readonly geo: boolean;
    readonly portals: number;
  } | null;
  readonly automation: {
    readonly enabled: boolean;
    readonly by: string | null;
    readonly reason: string | null;
    readonly until: string | null;
  };
  readonly run: {
    readonly id: string;
    readonly kind: string;
    readonly state: string;
    readonly step: string | null;
  } | null;
  readonly decision: { readonly kind: string; readonly sentence: string };
  readonly alarms: readonly string[];
  /** Whether a switchover may begin; sentences that count against it, the weightiest first. */
  readonly readiness: {
    readonly ready: boolean;
    readonly score: number;
    readonly reasons: readonly string[];
  };
}

/** A heartbeat older than this counts as silence: ten beats. */
const SILENT_MS = 5_000;
const SITES = ["east", "west", "witness"] as const;

export interface StatusParts {
  readonly system: string;
  readonly site: Site;
  readonly snapshot: Snapshot;
  readonly sentence: string;
  readonly readiness: Readiness;
  /** As measured on the primary, where this controller is at home; null elsewhere. */
  readonly lag: { readonly bytes: number; readonly seconds: number } | null;
  /** Beside those of the decision. */
  readonly alarms: readonly string[];
}

export function statusOf(parts: StatusParts): Status {
  const { observation: o, decision, keeper } = parts.snapshot;
  const view = o.quorum.view;
  const term = view?.term.record ?? null;
  const sync = view?.sync.record ?? null;
  const sites = Object.fromEntries(SITES.map((site) => [site, siteStatus(o, site)]));
  const standby = term === null ? null : term.primary === "east" ? "west" : "east";
  const isStreaming =
    term !== null &&
    standby !== null &&
    sites[term.primary]?.role === "primary" &&
    sites[standby]?.role === "standby";
  // Whoever has not heard the quorum for long does not know what the primary recorded there meanwhile.
  const isCurrent = o.quorum.isAnswering || o.quorum.ageMs <= SILENT_MS || o.self === term?.primary;
  const open = o.quorum.openRuns[0]?.run ?? null;
  const { ready, score } = parts.readiness;
  const reasons = [...parts.readiness.reasons]
    .sort((one, other) => other.costs - one.costs)
    .map(({ sentence }) => sentence);
  const isAlarm = decision.kind === "hold" && decision.alarm;
  return {
    system: parts.system,
    site: parts.site,
    term: term?.term ?? null,
    primary: term?.primary ?? null,
    protected: sync?.mode === "sync" && sync.safeToPromote && isStreaming && isCurrent,
    unprotectedSince: sync?.unprotectedSince ?? null,
    quorum: {
      answering: o.quorum.isAnswering,
      ageMs: Number.isFinite(o.quorum.ageMs) ? Math.round(o.quorum.ageMs) : null,
    },
    sites: sites as Record<Site, SiteStatus>,
    lag: parts.lag ?? lagFromBeats(o),
    sync: {
      mode: sync?.mode ?? null,
      safeToPromote: sync?.safeToPromote ?? false,
      geoFloor: sync?.geoFloor ?? null,
    },
    permit: permitOf(keeper),
    automation: automationOf(o),
    run:
      open === null
        ? null
        : {
            id: open.id,
            kind: open.kind,
            state: open.state.kind,
            step: currentStep(open)?.definition.name ?? null,
          },
    decision: { kind: decision.kind, sentence: parts.sentence },
    alarms: [...(isAlarm ? [parts.sentence] : []), ...parts.alarms],
    readiness: { ready, score, reasons },
  };
}

function permitOf(keeper: Snapshot["keeper"]): Status["permit"] {
  if (keeper === null) return null;
  return {
    reason: keeper.reason,
    phase: keeper.phase,
    remainingMs: Math.round(keeper.permitRemainingMs),
    leaseRemainingMs: Math.round(keeper.leaseRemainingMs),
    promiseRemainingMs: Math.round(keeper.promiseRemainingMs),
    leastSlackMs: keeper.leastSlackMs === null ? null : Math.round(keeper.leastSlackMs),
    geo: keeper.geo.on,
    portals: keeper.portals,
  };
}

function automationOf(o: Observation): Status["automation"] {
  const record = o.quorum.automation?.record ?? null;
  return {
    enabled: record?.enabled ?? true,
    by: record?.by ?? null,
    reason: record?.reason ?? null,
    until: record?.until ?? null,
  };
}

/** The standby's lag as the heartbeats of both regions tell it. */
export function lagFromBeats(o: Observation): Status["lag"] {
  const primary = o.quorum.view?.term.record?.primary;
  if (primary === undefined) return { bytes: null, seconds: null };
  const ahead = o.quorum.sites[primary]?.record.postgres?.lsn ?? null;
  const behind = o.quorum.sites[primary === "east" ? "west" : "east"]?.record.postgres;
  if (ahead === null || behind?.lsn === null || behind?.lsn === undefined) {
    return { bytes: null, seconds: null };
  }
  const bytes = Math.max(0, lsnBytes(ahead) - lsnBytes(behind.lsn));
  return { bytes, seconds: bytes === 0 ? 0 : (behind.replayDelayMs ?? 0) / 1_000 };
}

function siteStatus(o: Observation, site: Site): SiteStatus {
  const seen = o.quorum.sites[site];
  const isSilent = seen === undefined || seen.ageMs > SILENT_MS;
  const sighted = isSilent ? sightedRole(o, site) : null;
  const role = sighted ?? roleOf(o, site, isSilent);
  const reasons = isSilent ? silence(o, sighted) : unhealthy(o, site, role);
  return {
    role,
    healthy: reasons.length === 0,
    reasons,
    reportedAgeMs:
      seen === undefined || !Number.isFinite(seen.ageMs) ? null : Math.round(seen.ageMs),
    postgres: seen?.record.postgres ?? null,
    redis: seen?.record.redis ?? null,
    sees: seen?.record.sees ?? [],
  };
}

/** Heartbeats pass the quorum: when it does not answer, their silence is no news of the site. */
function silence(o: Observation, sighted: SiteRole | null): string[] {
  if (o.quorum.isAnswering) return ["silent"];
  return sighted === null ? ["unheard-without-quorum"] : [];
}

/** What this controller sees of a site without the quorum: itself, and the other end of the replication. */
function sightedRole(o: Observation, site: Site): SiteRole | null {
  if (o.quorum.isAnswering) return null;
  const primary = o.quorum.view?.term.record?.primary;
  if (site === o.self) return ownRole(o);
  if (site === primary) return o.canReachPrimary ? "primary" : null;
  const isStreaming = o.self === primary && o.postgres?.replication?.isActive === true;
  return isStreaming && site !== "witness" ? "standby" : null;
}

function ownRole(o: Observation): SiteRole | null {
  if (o.self === "witness") return "witness";
  if (o.keeper === null) return null;
  if (o.keeper.postgres === "primary") return o.keeper.reason === "serving" ? "primary" : "fenced";
  return o.keeper.postgres === "standby" ? "standby" : "fenced";
}

function roleOf(o: Observation, site: Site, isSilent: boolean): SiteRole {
  if (isSilent) return "down";
  if (site === "witness") return "witness";
  const state = o.quorum.sites[site]?.record.postgres?.state ?? "down";
  const isPrimary = o.quorum.view?.term.record?.primary === site;
  if (isPrimary) return state === "primary" ? "primary" : "fenced";
  if (state === "standby") return "standby";
  const isRejoining = o.quorum.openRuns.some(
    ({ run }) => run.kind === "rejoin" && run.from === site,
  );
  if (isRejoining || state === "rewinding" || state === "cloning") return "rejoining";
  return state === "starting" ? "rejoining" : "fenced";
}

function unhealthy(o: Observation, site: Site, role: SiteRole): string[] {
  const record = o.quorum.sites[site]?.record;
  const reasons: string[] = [];
  if (role === "fenced") reasons.push("fenced");
  if (role === "rejoining") reasons.push("rejoining");
  if (site !== "witness" && record?.redis?.role === "down") reasons.push("redis-down");
  if (site !== "witness" && record?.keeperBootId === null) reasons.push("keeper-silent");
  return reasons;
}
