import {
  cloneDirectory,
  commonPosition,
  type DataDirectory,
  timelineAt,
  truncate,
} from "./data-directory.ts";
import type { Observer } from "./observer.ts";
import type { Postgres } from "./postgres.ts";

/** What a rejoin does to a data directory. Each runs to its end or, when its controller dies, leaves what it left. */
export interface RejoinWorld {
  readonly observer: Observer;
  readonly local: Postgres;
  readonly upstream: Postgres;
  /** The upstream accepts connections from here at this moment. */
  readonly isReachable: () => boolean;
  readonly freshId: () => string;
}

/** Why a tool failed, for the trace; null when it did its work. */
export type ToolFailure = string | null;

const unreachable = "the primary cannot be reached";

function whyNotTouched({ isReachable, local }: RejoinWorld): ToolFailure {
  if (local.process.isUp) return "PostgreSQL runs on it";
  if (local.isDiskFull) return "no space";
  return isReachable() ? null : unreachable;
}

/** Copies the whole directory aside. */
export function finishQuarantine({ local, observer }: RejoinWorld): ToolFailure {
  if (local.isDiskFull) return "no space";
  const quarantined = observer.quarantined[local.region];
  for (const key of local.directory.keys.keys()) quarantined.add(key);
  local.notes.quarantinedDataId = local.directory.dataId;
  local.notes.copy = copyOf(local.directory);
  return null;
}

function copyOf(directory: DataDirectory): DataDirectory {
  return { ...directory, log: [...directory.log], keys: new Map(directory.keys) };
}

/** Lists what the copy has beyond the point where the primary's history leaves it. */
export function finishReport({ isReachable, local, observer, upstream }: RejoinWorld): ToolFailure {
  const { copy } = local.notes;
  if (copy === null) return "no copy";
  if (!isReachable()) return unreachable;
  const common = commonPosition(copy, upstream.directory);
  for (const [key, position] of copy.keys) if (position > common) observer.reported.add(key);
  local.notes.reportedDataId = copy.dataId;
  return null;
}

/** pg_rewind. Compares what pg_control says, so it may be blind to a promotion before the next checkpoint. */
export function finishRewind(world: RejoinWorld): ToolFailure {
  const { local, observer, upstream } = world;
  const { directory } = local;
  const why = whyNotTouched(world);
  if (why !== null) return why;
  const common = commonPosition(directory, upstream.directory);
  const isBlind = upstream.directory.controlTimeline === directory.controlTimeline;
  // "no rewind required" on a diverged directory is refused by whoever calls it.
  if (isBlind && common < directory.log.length) return "no rewind required, it says";
  observer.discarding(local, upstream.directory.keys);
  truncate(directory, common);
  const { timeline, history } = timelineAt(upstream.directory, common);
  local.directory = {
    ...directory,
    dataId: world.freshId(),
    timeline,
    controlTimeline: timeline,
    history,
    hasStandbySignal: true,
    // pg_rewind brings the source's configuration with it.
    syncNames: upstream.directory.syncNames,
  };
  local.damage = null;
  return null;
}

/** A base backup beside the old directory, which is kept. */
export function finishClone(world: RejoinWorld): ToolFailure {
  const { local, observer, upstream } = world;
  const why = whyNotTouched(world);
  if (why !== null) return why;
  observer.discarding(local, upstream.directory.keys);
  local.directory = cloneDirectory(upstream.directory, world.freshId());
  local.hasSlot = false;
  local.damage = null;
  return null;
}
