import { defaultPolicy } from "../decide/index.ts";
import type { SiteRecord } from "../store/index.ts";
import {
  automation,
  both,
  keep,
  keeper,
  phases,
  postgres,
  quorum,
  type Section,
  view,
  yesNo,
} from "./asks.ts";
import { aFollower, aFollowingKeeper, aStandbySeen } from "./scene.ts";

/** Sections of the table for a site that follows another's term. */
export const otherTerm = (): Section => ({
  title: "The term is the other site's",
  start: aStandbySeen(),
  asks: [
    phases([
      "standby",
      "idle",
      "fenced",
      "released",
      "serving",
      "draining",
      "releasing",
      "resuming",
      "taking-back",
      "deciding",
      "waiting-gate",
      "recording-term",
    ]),
    {
      name: "PostgreSQL",
      values: [
        { label: "follows", apply: keep },
        { label: "down", apply: keeper({ postgres: "down" }) },
        { label: "stopping", apply: keeper({ postgres: "stopping" }) },
      ],
    },
    {
      name: "receives",
      values: [
        { label: "yes", apply: keep },
        {
          label: "not for ≥ 10 s, primary reachable",
          apply: both(
            postgres({ receiver: { isStreaming: false, silentMs: 10_000 } }),
            quorum({
              sites: {
                east: {
                  record: { site: "east", postgres: { state: "primary" } } as SiteRecord,
                  ageMs: 100,
                },
              },
            }),
          ),
        },
      ],
    },
    {
      name: "directory",
      values: [
        { label: "a standby's", apply: keep },
        {
          label: "a primary's that wrote on",
          apply: postgres({ directory: "primary", newestTerm: 3, endLsn: "0/9000" }),
        },
        {
          label: "unknown or damaged",
          apply: postgres({ directory: "damaged", newestTerm: null, endLsn: null }),
        },
        { label: "empty", apply: postgres({ directory: "empty", newestTerm: null, endLsn: null }) },
      ],
    },
    yesNo("Redis takes writes", (scene) => ({
      ...scene,
      redis: { role: "primary", offset: 0, isLinked: false },
    })),
    yesNo("busy with a copy", (scene) => ({ ...scene, busyWith: "clone" })),
    automation,
  ],
});

export const lapsed = (): Section => ({
  title: "The other site's term has lapsed or was released",
  start: aStandbySeen({ keeper: aFollowingKeeper({ lapsesInMs: 0 }), lapsedForMs: 100 }),
  asks: [
    {
      name: "how",
      values: [
        { label: "lapsed", apply: keep },
        { label: "lapsed ≥ 5 s ago", apply: (scene) => ({ ...scene, lapsedForMs: 5_000 }) },
        {
          label: "released",
          apply: both(
            view({ lease: { kind: "released", finalLsn: "0/7000" } }),
            quorum({ releasedForMs: 100 }),
          ),
        },
      ],
    },
    automation,
    {
      name: "this standby",
      values: [
        { label: "recorded as safe", apply: keep },
        {
          label: "within the RPO bound",
          apply: both(view({ sync: { mode: "async", safeToPromote: false } }), (scene) => ({
            ...scene,
            estimatedLossMs: 900,
          })),
        },
        {
          label: "beyond the RPO bound",
          apply: both(view({ sync: { mode: "async", safeToPromote: false } }), (scene) => ({
            ...scene,
            estimatedLossMs: defaultPolicy.rpoMs + 1,
          })),
        },
        {
          label: "of unknown loss",
          apply: both(view({ sync: { mode: "async", safeToPromote: false } }), (scene) => ({
            ...scene,
            estimatedLossMs: null,
          })),
        },
        { label: "other data than recorded", apply: postgres({ dataId: "data-new" }) },
        { label: "below the geo floor", apply: postgres({ endLsn: "0/5000" }) },
      ],
    },
    yesNo("primary seen serving after the lapse", (scene) => ({
      ...scene,
      sightings: [{ by: "witness", ageMs: 20 }],
    })),
    yesNo("failover completed < 10 s ago", quorum({ lastFailoverAgeMs: 3_000 })),
    yesNo(
      `${defaultPolicy.failoversPerHourMax} automatic failovers within the hour`,
      quorum({ failoversLastHour: defaultPolicy.failoversPerHourMax }),
    ),
  ],
});

export const primaryLost = (): Section => ({
  title: "Following, the primary silent but not lapsed",
  start: aStandbySeen({ postgres: aFollower({ receiver: { isStreaming: false, silentMs: 500 } }) }),
  asks: [automation],
});
