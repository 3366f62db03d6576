import type { Scenario } from "../scenario.ts";
import { bothRegionsLost } from "./both-regions-lost.ts";
import { clockSet } from "./clock-set.ts";
import { controllerKilled } from "./controller-killed.ts";
import { controllerKilledInSwitchover } from "./controller-killed-in-switchover.ts";
import { controllerStalled } from "./controller-stalled.ts";
import { diskFull } from "./disk-full.ts";
import { identityProviderLost } from "./identity-provider-lost.ts";
import { keeperKilled } from "./keeper-killed.ts";
import { linkFlapping } from "./link-flapping.ts";
import { oneWayIn } from "./one-way-in.ts";
import { oneWayOut } from "./one-way-out.ts";
import { portalKilled } from "./portal-killed.ts";
import { postgresKilled } from "./postgres-killed.ts";
import { primaryIsolated } from "./primary-isolated.ts";
import { quorumLost } from "./quorum-lost.ts";
import { quorumMemberLost } from "./quorum-member-lost.ts";
import { redisLost } from "./redis-lost.ts";
import { regionHang } from "./region-hang.ts";
import { regionLoss } from "./region-loss.ts";
import { regionLossInSwitchover } from "./region-loss-in-switchover.ts";
import { regionStalledPinned } from "./region-stalled-pinned.ts";
import { regionsCutApart } from "./regions-cut-apart.ts";
import { standbyLost } from "./standby-lost.ts";
import { switchover } from "./switchover.ts";
import { witnessLost } from "./witness-lost.ts";

/** Every drill, in the order in which `drill --all` runs them. */
export const scenarios: readonly Scenario[] = [
  regionLoss,
  regionHang,
  switchover,
  postgresKilled,
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
  quorumMemberLost,
  quorumLost,
  identityProviderLost,
  redisLost,
  diskFull,
  linkFlapping,
  clockSet,
  controllerKilledInSwitchover,
  regionLossInSwitchover,
];
