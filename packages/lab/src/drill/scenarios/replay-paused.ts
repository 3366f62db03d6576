import type { Scenario } from "../scenario.ts";

/** The plan's RPO bound is 5 s (continuity-core, policy). */
const pausedMs = 8_000;

export const replayPaused: Scenario = {
  name: "replay-paused",
  what: "The standby stops replaying for longer than the RPO bound, and then the primary's region is killed.",
  expected:
    "What the standby has flushed counts, not what it has replayed: it takes over and replays the rest first; nothing is lost.",
  primary: "moves",
  async fault({ stage, primary, standby, signal, sleep, note, expect }) {
    await stage.sql(standby, "select pg_wal_replay_pause()", signal);
    await sleep(pausedMs);
    const behind = "select extract(epoch from now() - pg_last_xact_replay_timestamp()) > 5";
    const isBehind = (await stage.sql(standby, behind, signal)) === "t";
    expect(isBehind, "the standby has replayed nothing for more than 5 s");
    note("the primary's region is killed");
    const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
    return report.beganAt;
  },
  async heal({ stage, primary, signal }) {
    await stage.fault({ kind: "heal-site", site: primary }, signal);
  },
};
