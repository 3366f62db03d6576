import type { Scenario } from "../scenario.ts";

export const identityProviderLost: Scenario = {
  name: "identity-provider-lost",
  what: "The identity provider is killed for 15 s.",
  expected: "Signed-in agents go on working and notice nothing.",
  primary: "stays",
  async fault({ stage, signal, sleep }) {
    const report = await stage.fault(
      { kind: "kill-process", process: "identity-provider", staysDown: true },
      signal,
    );
    await sleep(15_000);
    return report.beganAt;
  },
  async heal({ stage, signal }) {
    await stage.fault({ kind: "heal-process", process: "identity-provider" }, signal);
  },
};
