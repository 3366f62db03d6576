import type { Scenario } from "../scenario.ts";

export const linkFlapping: Scenario = {
  name: "link-flapping",
  what: "The link between the regions is cut and healed ten times, a second each.",
  expected: "No takeover, no ping-pong; the pair is protected again when it rests.",
  primary: "stays",
  async fault({ stage, primary, standby, signal, wallMs, sleep }) {
    const beganAt = new Date(wallMs());
    for (let count = 0; count < 10; count += 1) {
      await stage.cut(primary, standby, signal);
      await sleep(1_000);
      await stage.healLinks(signal);
      await sleep(1_000);
    }
    return beganAt;
  },
  async heal({ stage, signal }) {
    await stage.healLinks(signal);
  },
};
