import type { Scenario } from "../scenario.ts";
import { bothRegionsLost } from "./both-regions-lost.ts";
import { busyHour } from "./busy-hour.ts";
import { clockSet } from "./clock-set.ts";
import { controllerKilled } from "./controller-killed.ts";
import { controllerStalled } from "./controller-stalled.ts";
import {
  controllersKilledInFailover,
  controllersKilledInRejoin,
  controllersKilledInSwitchover,
} from "./controllers-killed-at-steps.ts";
import { diskFull } from "./disk-full.ts";
import { doorGuardLost } from "./door-guard-lost.ts";
import { hundredWriters } from "./hundred-writers.ts";
import { identityProviderLost } from "./identity-provider-lost.ts";
import { keeperKilled } from "./keeper-killed.ts";
import { linkFlapping } from "./link-flapping.ts";
import { lossAtEachStep } from "./loss-at-step.ts";
import { oneWayIn } from "./one-way-in.ts";
import { oneWayOut } from "./one-way-out.ts";
import { portalKilled } from "./portal-killed.ts";
import { postgresCrashLoop } from "./postgres-crash-loop.ts";
import { postgresFrozen } from "./postgres-frozen.ts";
import { postgresKilled } from "./postgres-killed.ts";
import { primaryIsolated } from "./primary-isolated.ts";
import { quorumAndStandbyLost } from "./quorum-and-standby-lost.ts";
import { quorumForced } from "./quorum-forced.ts";
import { quorumLeaderLost } from "./quorum-leader-lost.ts";
import { quorumLost } from "./quorum-lost.ts";
import { quorumLostUnreplicated } from "./quorum-lost-unreplicated.ts";
import { quorumMemberLost } from "./quorum-member-lost.ts";
import { redisLost } from "./redis-lost.ts";
import { redisWiped } from "./redis-wiped.ts";
import { regionHang } from "./region-hang.ts";
import { regionLoss } from "./region-loss.ts";
import { regionLossBeyondRpo } from "./region-loss-beyond-rpo.ts";
import { regionStalledPinned } from "./region-stalled-pinned.ts";
import { regionsCutApart } from "./regions-cut-apart.ts";
import { regionsLostInTurn } from "./regions-lost-in-turn.ts";
import { replayPaused } from "./replay-paused.ts";
import { standbyLost } from "./standby-lost.ts";
import { switchover } from "./switchover.ts";
import { witnessLost } from "./witness-lost.ts";

/** Every drill, in the order in which `drill --all` runs them; what is apart runs by its name alone. */
export const scenarios: readonly Scenario[] = [
  regionLoss,
  regionHang,
  switchover,
  postgresKilled,
  postgresCrashLoop,
  postgresFrozen,
  portalKilled,
  controllerKilled,
  keeperKilled,
  controllerStalled,
  regionStalledPinned,
  regionsCutApart,
  primaryIsolated,
  oneWayOut,
  oneWayIn,
  witnessLost,
  standbyLost,
  bothRegionsLost,
  regionsLostInTurn,
  regionLossBeyondRpo,
  replayPaused,
  quorumMemberLost,
  quorumLeaderLost,
  quorumLost,
  quorumAndStandbyLost,
  quorumLostUnreplicated,
  quorumForced,
  identityProviderLost,
  doorGuardLost,
  redisLost,
  redisWiped,
  diskFull,
  linkFlapping,
  clockSet,
  controllersKilledInSwitchover,
  controllersKilledInFailover,
  controllersKilledInRejoin,
  ...lossAtEachStep,
  hundredWriters,
  busyHour,
];
