/**
 * The situations that Careline promises an answer to, and the drills that try each. The first words are those of
 * `careline explain`; a test holds every name to a scenario.
 */
export const situations: readonly {
  readonly situation: string;
  readonly drills: readonly string[];
}[] = [
  {
    situation: "The primary's PostgreSQL dies, its site lives",
    drills: ["postgres-killed", "postgres-crash-loop", "postgres-frozen"],
  },
  {
    situation: "The primary's region is lost, hangs or is isolated",
    drills: [
      "region-loss",
      "region-hang",
      "region-stalled-pinned",
      "primary-isolated",
      "quorum-leader-lost",
      "replay-paused",
    ],
  },
  {
    situation: "A process of the primary's region dies or hangs",
    drills: [
      "portal-killed",
      "controller-killed",
      "keeper-killed",
      "controller-stalled",
      "redis-lost",
      "redis-wiped",
      "disk-full",
      "clock-set",
    ],
  },
  {
    situation: "The link between the regions is cut, both see the witness",
    drills: ["regions-cut-apart", "one-way-out", "one-way-in", "link-flapping"],
  },
  { situation: "The standby is lost", drills: ["standby-lost"] },
  {
    situation: "The standby is behind, and the primary is lost",
    drills: ["both-regions-lost", "regions-lost-in-turn", "region-loss-beyond-rpo"],
  },
  { situation: "The witness is lost", drills: ["witness-lost"] },
  {
    situation: "The quorum is lost or weakened, the standby is reachable",
    drills: ["quorum-member-lost", "quorum-lost"],
  },
  {
    situation: "The quorum and the standby are lost",
    drills: ["quorum-and-standby-lost", "quorum-forced"],
  },
  {
    situation: "No quorum, the promise held, replication broken",
    drills: ["quorum-lost-unreplicated"],
  },
  {
    situation: "The old primary returns",
    drills: ["region-loss", "region-hang", "loss-at-*-of-rejoin"],
  },
  {
    situation: "A controller or a region dies during a run",
    drills: [
      "controllers-killed-in-switchover",
      "controllers-killed-in-failover",
      "controllers-killed-in-rejoin",
      "loss-at-*-of-switchover",
      "loss-at-*-of-rejoin",
    ],
  },
  { situation: "Everything is well, and the machine is busy", drills: ["busy-hour"] },
  { situation: "A planned move", drills: ["switchover"] },
  {
    situation: "Something outside the regions is lost",
    drills: ["identity-provider-lost", "door-guard-lost"],
  },
  { situation: "Many at once, one after another", drills: ["hundred-writers"] },
];
