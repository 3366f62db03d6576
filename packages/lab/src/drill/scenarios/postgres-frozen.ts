import type { Scenario } from "../scenario.ts";
import { freezePostgres } from "../stage-faults.ts";

export const postgresFrozen: Scenario = {
  name: "postgres-frozen",
  what: "Every process of PostgreSQL in the primary region is stopped (SIGSTOP) for good, as by a disk that hangs; everything else there runs on.",
  expected:
    "Its keeper ends it after ten seconds without an answer; it is started again in its place, or the term is given up.",
  primary: "either",
  async fault({ stage, primary, signal, wallMs }) {
    const beganAt = new Date(wallMs());
    await freezePostgres(stage, primary, true, signal);
    return beganAt;
  },
  async heal({ stage, primary, signal }) {
    await freezePostgres(stage, primary, false, signal);
  },
};
