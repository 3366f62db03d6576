import { join } from "node:path";
import type { Layout, Place } from "../layout/index.ts";
import type { Probe, ProcessSpec } from "../supervisor/index.ts";

/** Order of starting; stopping goes the other way. */
export const waves = {
  network: 0,
  quorum: 1,
  services: 2,
  keepers: 3,
  controllers: 4,
  database: 5,
  portals: 6,
  frontDoor: 7,
} as const;

/**
 * Priorities. A lease is renewed each 250 ms through the network, the quorum store and the keeper:
 * a busy machine must slow the portal down before it makes a region look dead.
 */
export const niceness = { lifeline: -12, steering: -6 } as const;

type Chosen = Pick<ProcessSpec, "wave" | "command" | "args" | "ready"> & Partial<ProcessSpec>;

/** A spec with the usual settings where none are chosen. */
export function specOf(layout: Layout, process: string, place: Place, chosen: Chosen): ProcessSpec {
  return {
    name: `${process}.${place}`,
    place,
    before: null,
    nice: 0,
    cwd: layout.processDir(place, process),
    dirs: [],
    // Seconds on a quiet machine; with both cores busy a portal has been seen to take 25 s.
    readyWithinMs: 90_000,
    stopWithinMs: 8000,
    ...chosen,
    env: { PATH: searchPath, HOME: layout.processDir(place, process), ...chosen.env },
  };
}

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A daemon or task of this product, run by the same Node as the caller's. */
export function nodeSpec(
  layout: Layout,
  process: string,
  place: Place,
  script: string,
  chosen: { readonly wave: number; readonly ready: Probe } & Partial<ProcessSpec>,
): ProcessSpec {
  const config = layout.configFile(`${process}.${place}.json`);
  return specOf(layout, process, place, {
    command: nodeCommand(layout),
    args: [join(layout.appDir, "packages", script), "--config", config, ...(chosen.args ?? [])],
    ...withoutArgs(chosen),
  });
}

function withoutArgs<T extends { readonly args?: unknown }>(chosen: T): Omit<T, "args"> {
  const { args: _, ...rest } = chosen;
  return rest;
}

/** The pinned Node of the clone (or of its copy), else the one that runs now. */
export function nodeCommand(layout: Layout): string {
  const pinned = join(layout.rootDir, ".careline", "node", "node_modules", "node", "bin", "node");
  return globalThis.process.execPath === pinned && layout.appDir !== layout.rootDir
    ? join(layout.appDir, ".careline", "node", "node_modules", "node", "bin", "node")
    : globalThis.process.execPath;
}
