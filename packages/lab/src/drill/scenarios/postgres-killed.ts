import type { Scenario } from "../scenario.ts";
import { killPostgres } from "../stage-faults.ts";

export const postgresKilled: Scenario = {
  name: "postgres-killed",
  what: "PostgreSQL of the primary region is killed; everything else there runs on.",
  expected: "It is started again in its place, or the term is given up at once.",
  primary: "either",
  async fault({ stage, primary, signal, wallMs }) {
    return (await killPostgres(stage, primary, signal)) ?? new Date(wallMs());
  },
  heal: () => Promise.resolve(),
};
