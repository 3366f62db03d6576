import type { Clock } from "@careline/platform";
import { regions } from "../layout/index.ts";
import type { LabStage } from "./lab-stage.ts";

const withinMs = 60_000;
const resumeReplay =
  "select pg_wal_replay_resume() where pg_is_in_recovery() and pg_is_wal_replay_paused()";

/**
 * Ends every fault that a drill may have left: cuts, frozen and dead processes, full disks, skewed clocks, paused replay. Not cut
 * short by whoever interrupts the drill. Errors: those of the lab.
 */
export async function healLab(stage: LabStage, clock: Clock): Promise<void> {
  const limit = clock.deadline(withinMs);
  await stage.healLinks(limit);
  await stage.fault({ kind: "heal-all" }, limit);
  await Promise.all(
    // A region whose database is not up yet starts with its replay running.
    regions.map((region) => stage.sql(region, resumeReplay, limit).catch(() => null)),
  );
}
