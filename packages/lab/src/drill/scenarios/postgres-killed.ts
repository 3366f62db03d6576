import type { Scenario } from "../scenario.ts";

export const postgresKilled: Scenario = {
  name: "postgres-killed",
  what: "PostgreSQL of the primary region is killed; everything else there runs on.",
  expected: "It is started again in its place, or the term is given up at once.",
  primary: "either",
  fault({ stage, primary, signal }) {
    return stage.killPostgres(primary, signal);
  },
  heal: () => Promise.resolve(),
};
