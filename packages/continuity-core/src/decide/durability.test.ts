import { describe, expect, it } from "vitest";
import { inShort } from "../explain/decided-scene.ts";
import {
  aDatabase,
  aKeeper,
  aPrimarySeen,
  aQuorum,
  aReplication,
  aSync,
  aView,
  someTime,
} from "../explain/scene.ts";
import type { LocalPostgres, Observation } from "../observe/index.ts";
import type { SyncRecord } from "../store/index.ts";
import type { Decision } from "./decision.ts";
import { decideDurability } from "./durability.ts";
import { defaultPolicy } from "./policy.ts";
import { decideRules } from "./rules.ts";

const policy = defaultPolicy;
const later = "2026-01-01T00:05:00.000Z";
const decided = (
  postgres: Partial<LocalPostgres>,
  sync: Partial<SyncRecord> = {},
  changes: Partial<Observation> = {},
): Decision =>
  decideDurability(
    aPrimarySeen({
      postgres: aDatabase(postgres),
      quorum: aQuorum({ view: aView({ sync }) }),
      ...changes,
    }),
    policy,
    decideRules,
  );
const short = (...told: Parameters<typeof decided>): string => inShort(decided(...told));
const unprotected = { mode: "async", safeToPromote: false, unprotectedSince: someTime } as const;

describe("what weakening records", () => {
  const lost = aReplication({ isActive: false, sinceMs: 60_000, confirmedLsn: "0/6800" });

  it("is: asynchronous, not safe, the floor that was confirmed, unprotected since now", () => {
    const fresh = { id: "fresh-1", at: later };
    expect(decided({ replication: lost }, {}, { fresh })).toEqual({
      kind: "record-async",
      sync: aSync({
        mode: "async",
        safeToPromote: false,
        geoFloor: "0/6800",
        unprotectedSince: later,
      }),
    });
  });

  it("keeps the time since which the region has been unprotected", () => {
    const fresh = { id: "fresh-1", at: later };
    const told = decided({ replication: lost }, { unprotectedSince: someTime }, { fresh });
    expect(told).toMatchObject({ sync: { unprotectedSince: someTime } });
  });
});

describe("what strengthening records", () => {
  const streaming = aReplication({ standbyDataId: "data-new", confirmedLsn: "0/9000" });

  it("first: which data the standby holds on which timeline, not safe, the floor at the end of the log", () => {
    expect(decided({ replication: streaming, endLsn: "0/8800", timeline: 4 }, unprotected)).toEqual(
      {
        kind: "record-standby",
        sync: aSync({
          ...unprotected,
          standbyDataId: "data-new",
          timeline: 4,
          geoFloor: "0/8800",
        }),
      },
    );
  });

  it("does so for the same data on another timeline, and for other data on the same one", () => {
    const same = aReplication({ standbyDataId: "data-west" });
    expect(short({ replication: same, timeline: 4 }, unprotected)).toBe("record-standby");
    expect(short({ replication: streaming, timeline: 3 }, unprotected)).toBe("record-standby");
  });

  it("never lets what was said of another standby stand: not safe, whatever the record says", () => {
    const claimed = { ...unprotected, safeToPromote: true };
    expect(decided({ replication: streaming }, claimed)).toMatchObject({
      kind: "record-standby",
      sync: { safeToPromote: false, mode: "async" },
    });
  });

  it("last: synchronous and safe, the floor at the canary, protected", () => {
    const known = { ...unprotected, standbyDataId: "data-new", timeline: 4 };
    const proven = { ...streaming, canaryLsn: "0/8900" };
    expect(decided({ replication: proven, timeline: 4 }, known)).toEqual({
      kind: "record-sync",
      sync: aSync({
        mode: "sync",
        standbyDataId: "data-new",
        timeline: 4,
        safeToPromote: true,
        geoFloor: "0/8900",
        unprotectedSince: null,
      }),
    });
  });

  it("nothing as long as the standby has not flushed the canary, or none was seen to wait", () => {
    const waiting = aReplication({ confirmedLsn: "0/88FF", canaryLsn: "0/8900" });
    expect(short({ replication: waiting }, unprotected)).toBe("standby-catching-up");
    expect(short({ replication: aReplication() }, unprotected)).toBe("commit-canary");
  });

  it("nothing as long as nobody knows whose data streams", () => {
    const unknown = aReplication({ standbyDataId: null, canaryLsn: "0/7000" });
    expect(short({ replication: unknown }, unprotected)).toBe("standby-catching-up");
    const nobody = { ...unprotected, standbyDataId: null };
    expect(short({ replication: unknown }, nobody)).toBe("standby-catching-up");
  });
});

describe("a standby is made synchronous", () => {
  const at = (changes: Parameters<typeof aReplication>[0]) =>
    short({ replication: aReplication(changes), isSyncEnforced: false }, unprotected);
  const { strengthenAfterMs, strengthenLagBytesMax } = policy;

  it("when it has streamed for a while, and lags by little", () => {
    expect(at({ sinceMs: strengthenAfterMs })).toBe("enforce-sync");
    expect(at({ lagBytes: strengthenLagBytesMax })).toBe("enforce-sync");
    expect(at({ unconfirmedForMs: strengthenAfterMs - 1 })).toBe("enforce-sync");
  });

  it("not before", () => {
    expect(at({ sinceMs: strengthenAfterMs - 1 })).toBe("standby-catching-up");
    expect(at({ lagBytes: strengthenLagBytesMax + 1 })).toBe("standby-catching-up");
    expect(at({ unconfirmedForMs: strengthenAfterMs })).toBe("standby-catching-up");
  });

  it("and let go again when it does not confirm: first revoked, then relaxed", () => {
    const stuck = aReplication({ unconfirmedForMs: policy.weakenAfterMs });
    expect(short({ replication: stuck }, unprotected)).toBe("revoke-geo");
    const revoked = { geoRevokedAtRevision: 35 };
    expect(short({ replication: stuck }, unprotected, revoked)).toBe("relax-sync");
    const slow = aReplication({ unconfirmedForMs: policy.weakenAfterMs - 1 });
    expect(short({ replication: slow }, unprotected)).toBe("commit-canary");
  });
});

describe("geo is announced", () => {
  it("once for each generation: for the record as it is, and by a keeper that does not say so yet", () => {
    expect(short({})).toBe("serving-protected");
    const silent = { keeper: aKeeper({ geo: { on: false, generation: 35 } }) };
    expect(decided({}, {}, silent)).toEqual({ kind: "announce-geo", generation: 35 });
    const older = { keeper: aKeeper({ geo: { on: true, generation: 34 } }) };
    expect(decided({}, {}, older)).toEqual({ kind: "announce-geo", generation: 35 });
  });

  it("never for a record that calls nobody safe", () => {
    const silent = { keeper: aKeeper({ geo: { on: false, generation: 0 } }) };
    expect(short({}, { safeToPromote: false }, silent)).toBe("serving-protected");
  });

  it("never before PostgreSQL enforces what is recorded", () => {
    const silent = { keeper: aKeeper({ geo: { on: false, generation: 0 } }) };
    expect(short({ isSyncEnforced: false }, {}, silent)).toBe("enforce-sync");
  });
});

it("alarms when no standby has been there for long, or none was ever seen", () => {
  const alone = (replication: LocalPostgres["replication"]) =>
    decided({ replication, isSyncEnforced: false }, unprotected);
  const gone = (sinceMs: number) => alone(aReplication({ isActive: false, sinceMs }));
  expect(gone(policy.weakenAfterMs - 1)).toMatchObject({
    why: "serving-unprotected",
    alarm: false,
  });
  expect(gone(policy.weakenAfterMs)).toMatchObject({ why: "serving-unprotected", alarm: true });
  expect(alone(null)).toMatchObject({ why: "serving-unprotected", alarm: true });
});

it("holds, unprotected, as long as the database, the record or the term is not seen", () => {
  const view = aView();
  const nobody = { record: null, revision: 0 } as const;
  for (const changes of [
    { postgres: null },
    { quorum: aQuorum({ view: null }) },
    { quorum: aQuorum({ view: { ...view, sync: nobody } }) },
    { quorum: aQuorum({ view: { ...view, term: nobody } }) },
  ])
    expect(decideDurability(aPrimarySeen(changes), policy, decideRules)).toMatchObject({
      kind: "hold",
      why: "serving-unprotected",
    });
});
