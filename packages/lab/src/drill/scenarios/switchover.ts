import type { Scenario } from "../scenario.ts";

export const switchover: Scenario = {
  name: "switchover",
  what: "An operator moves everything to the other region while all agents work.",
  expected: "Writes pause for about a second; nobody loses anything, nothing has to be replayed.",
  primary: "moves",
  async fault({ stage, standby, signal, wallMs }) {
    const askedAt = new Date(wallMs());
    await stage.switchOver(standby, signal);
    return askedAt;
  },
  heal: () => Promise.resolve(),
};
