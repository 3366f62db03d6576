import type { Scene } from "../scenario.ts";

/** Local writes go on while the link is cut, several a second; the standby stays recorded as safe for 5 s. */
const divergeWithinMs = 3_000;

/**
 * Kills the primary's region with log that the other region lacks, so that its return needs a rejoin: a region that merely
 * lags behind the fork follows without one. Returns the instant of the kill, when the other region serves everybody.
 */
export async function loseDiverged(scene: Scene): Promise<string> {
  const { stage, primary, standby, signal, until, expect, untilMoved } = scene;
  await stage.cut(primary, standby, signal);
  const flushed = await stage.sql(standby, "select pg_last_wal_receive_lsn()", signal);
  const isAhead = `select pg_current_wal_flush_lsn() > '${flushed}'::pg_lsn + 8192`;
  const hasDiverged = await until(
    divergeWithinMs,
    async () => (await stage.sql(primary, isAhead, signal)) === "t",
  );
  expect(hasDiverged, `${primary} has log that ${standby} lacks when it is killed`);
  const report = await stage.fault({ kind: "kill-site", site: primary }, signal);
  // Healed before, the link would deliver what it held back, and nothing would have diverged.
  await untilMoved();
  await stage.healLinks(signal);
  return report.beganAt;
}
