import { describe, expect, it } from "vitest";
import { SitesSeen } from "./sites-seen.ts";

const beat = {
  site: "west",
  controllerBootId: "c-west",
  keeperBootId: "k-west",
  version: "1.0.0",
  beat: 7,
  postgres: {
    state: "standby",
    dataId: "data-west",
    timeline: 3,
    lsn: "0/7000",
    replayDelayMs: 0,
  },
  redis: { role: "replica", offset: 1 },
  written: null,
  openCalls: null,
  diskFreeBytes: 10e9,
  certificateDaysLeft: 300,
  settingsDigest: "same",
  sees: ["east"],
  seesPrimaryServing: true,
  primarySeenAgeMs: 0,
  reportedAt: "2026-01-01T00:00:00.000Z",
};

function aWatch() {
  let now = 0;
  const said: string[] = [];
  const log = { error: (_: unknown, text: string): void => void said.push(text) };
  const clock = { monotonicMs: () => now };
  const sites = new SitesSeen({ clock, log } as unknown as ConstructorParameters<
    typeof SitesSeen
  >[0]);
  let revision = 0;
  return {
    said,
    seen: () => sites.seen(),
    pass(ms: number): void {
      now += ms;
    },
    take(record: unknown, key = "sites/west"): void {
      revision += 1;
      sites.take([{ key, text: JSON.stringify(record), revision }]);
    },
  };
}

describe("the heartbeat of a site", () => {
  it("of an older version is read without what that version did not tell", () => {
    const { written: _, openCalls: __, primarySeenAgeMs: ___, ...older } = beat;
    const watch = aWatch();
    watch.take(older);
    expect(watch.seen().west?.record).toMatchObject({ version: "1.0.0", beat: 7 });
    expect(watch.said).toEqual([]);
  });

  it("of a newer version is read without what this version does not know", () => {
    const watch = aWatch();
    watch.take({
      ...beat,
      version: "2.0.0",
      temperature: 21,
      postgres: { ...beat.postgres, slots: 2 },
      redis: { ...beat.redis, keys: 5 },
      written: { since: "0/1", upTo: "0/2", rows: 1, peakPerSecond: 1, bytes: 80 },
    });
    expect(watch.seen().west?.record).toEqual({
      ...beat,
      version: "2.0.0",
      written: { since: "0/1", upTo: "0/2", rows: 1, peakPerSecond: 1 },
    });
    expect(watch.said).toEqual([]);
  });

  it("that cannot be read leaves its site silent, says so once, and hides no other site", () => {
    const watch = aWatch();
    watch.take(beat);
    watch.take(beat);
    watch.pass(3_000);
    watch.take({ ...beat, beat: "eight" });
    watch.take({ ...beat, beat: "nine" });
    watch.take({ ...beat, site: "witness", postgres: null, redis: null }, "sites/witness");
    expect(watch.seen()).toMatchObject({
      west: { record: { beat: 7 }, ageMs: 3_000 },
      witness: { record: { site: "witness" } },
    });
    expect(watch.said).toEqual(["a heartbeat cannot be read"]);
    watch.take({ ...beat, beat: 10 });
    watch.take({ ...beat, beat: "eleven" });
    expect(watch.seen().west).toMatchObject({ record: { beat: 10 }, ageMs: 0 });
    expect(watch.said).toHaveLength(2);
  });

  it("says nothing of its age at first sight, only when it changes", () => {
    const watch = aWatch();
    watch.take(beat);
    expect(watch.seen().west?.ageMs).toBe(Number.POSITIVE_INFINITY);
    watch.take(beat);
    watch.pass(40);
    expect(watch.seen().west?.ageMs).toBe(40);
  });
});
