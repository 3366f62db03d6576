import { defaultPolicy } from "../decide/index.ts";
import {
  automation,
  both,
  keep,
  keeper,
  otherSitePresent,
  phases,
  postgres,
  quorum,
  type Section,
  view,
  yesNo,
} from "./asks.ts";
import { aPrimarySeen, aQuorum, aReplication, aView } from "./scene.ts";

/** Sections of the table for a site whose term it is. */
export const cannotDecide = (): Section => ({
  title: "Before anything else",
  start: aPrimarySeen(),
  asks: [
    yesNo("keeper answers", keep, (scene) => ({ ...scene, keeper: null })),
    {
      name: "keeper",
      values: [
        { label: "serving", apply: keep },
        { label: "standby", apply: keeper({ phase: "standby", postgres: "standby" }) },
        { label: "halted", apply: keeper({ phase: "halted" }) },
      ],
    },
    yesNo("quorum answers", keep, quorum({ isAnswering: false })),
    yesNo("a term exists", keep, (scene) => {
      const old = scene.quorum.view ?? aView();
      return quorum({ view: { ...old, term: { record: null, revision: 0 } } })(scene);
    }),
  ],
});

export const withoutQuorum = (): Section => ({
  title: "The quorum does not answer",
  start: aPrimarySeen({ quorum: aQuorum({ isAnswering: false }) }),
  asks: [
    phases(["serving", "draining", "standby", "fenced", "idle"]),
    yesNo(
      "standby streams",
      keep,
      postgres({ replication: aReplication({ isActive: false, unconfirmedForMs: 1_000 }) }),
    ),
    yesNo("unconfirmed for longer than the RPO bound", (scene) => {
      const replication = scene.postgres?.replication ?? aReplication();
      return postgres({
        replication: { ...replication, unconfirmedForMs: defaultPolicy.rpoMs + 1 },
      })(scene);
    }),
    yesNo("writes suspended", keeper({ isSuspended: true })),
  ],
});

export const ownTerm = (): Section => ({
  title: "The term is this site's",
  start: aPrimarySeen(),
  asks: [
    phases([
      "serving",
      "draining",
      "releasing",
      "released",
      "taking-back",
      "resuming",
      "recording-term",
      "deciding",
      "waiting-gate",
      "fenced",
      "idle",
      "standby",
    ]),
    {
      name: "lease",
      values: [
        { label: "held", apply: keep },
        {
          label: "released < 10 s ago",
          apply: both(view({ lease: { kind: "released" } }), quorum({ releasedForMs: 1_000 })),
        },
        {
          label: "released ≥ 10 s ago",
          apply: both(view({ lease: { kind: "released" } }), quorum({ releasedForMs: 10_000 })),
        },
      ],
    },
    {
      name: "PostgreSQL",
      values: [
        { label: "primary", apply: keep },
        { label: "down", apply: keeper({ postgres: "down" }) },
        { label: "stopping", apply: keeper({ postgres: "stopping" }) },
      ],
    },
    yesNo("directory usable", keep, postgres({ directory: "damaged" })),
    yesNo("restarts left", keep, postgres({ restartsLeft: 0 })),
    yesNo("standby safe and seen", otherSitePresent, view({ sync: { safeToPromote: false } })),
    automation,
  ],
});

export const serving = (): Section => ({
  title: "Serving: the standby's durability",
  start: aPrimarySeen(),
  asks: [
    yesNo("writes suspended", keeper({ isSuspended: true })),
    yesNo("Redis takes writes", keep, (scene) => ({
      ...scene,
      redis: { role: "replica", offset: 0, isLinked: false },
    })),
    yesNo("keeper knows the plan", keep, keeper({ acceptUnprotected: false })),
    {
      name: "recorded",
      values: [
        { label: "sync", apply: keep },
        { label: "async", apply: view({ sync: { mode: "async", safeToPromote: false } }) },
      ],
    },
    {
      name: "standby",
      values: [
        { label: "streams", apply: keep },
        {
          label: "streams since < 1 s",
          apply: postgres({ replication: aReplication({ sinceMs: 300 }) }),
        },
        {
          label: "streams, confirms nothing for ≥ 5 s",
          apply: postgres({ replication: aReplication({ unconfirmedForMs: 5_000 }) }),
        },
        {
          label: "is other data",
          apply: postgres({ replication: aReplication({ standbyDataId: "data-new" }) }),
        },
        {
          label: "lost < 5 s",
          apply: postgres({ replication: aReplication({ isActive: false, sinceMs: 1_000 }) }),
        },
        {
          label: "lost ≥ 5 s",
          apply: postgres({ replication: aReplication({ isActive: false, sinceMs: 5_000 }) }),
        },
      ],
    },
    yesNo("PostgreSQL waits for it", keep, postgres({ isSyncEnforced: false })),
    yesNo("canary confirmed", (scene) => {
      const replication = scene.postgres?.replication ?? aReplication();
      return postgres({ replication: { ...replication, canaryLsn: "0/7000" } })(scene);
    }),
    yesNo("geo announced", keep, keeper({ geo: { on: false, generation: 0 } })),
    yesNo("geo revoked everywhere", (scene) => ({ ...scene, geoRevokedAtRevision: 35 })),
  ],
});
