import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabError } from "../errors.ts";
import { type LabSettings, type Layout, layoutOf } from "./layout.ts";
import { findOwner, giveTo, isReachableBy, type Owner } from "./owner.ts";
import { defaultPortBase, portsFrom } from "./ports.ts";

const settingsSchema = z.strictObject({
  schema: z.literal(1),
  portBase: z.number().int(),
  installation: z.string(),
  regionDiskMiB: z.number().int().positive().nullable(),
  skewableClocks: z.boolean(),
});

export interface LayoutChoices {
  /** First port; kept from the first start on when not given. */
  readonly portBase?: number | undefined;
  readonly regionDiskMiB?: number | undefined;
  readonly skewableClocks?: boolean | undefined;
  /** Another state folder than `.careline/state` of the clone. */
  readonly stateDir?: string | undefined;
}

/** A socket's path may have 107 bytes; the longest name of ours under the folder has about 30. */
const runDirBytesMax = 70;

/**
 * Opens the lab of a clone, or makes its folders and settings on the first start.
 * `notice` receives what a person should know (a state folder outside the clone).
 * Errors: STATE_UNUSABLE, STATE_UNREADABLE, PORT_BASE_INVALID, PREPARE_FAILED, FAULT_UNAVAILABLE (disks of their own, and not root).
 */
export function prepareLayout(
  rootDir: string,
  choices: LayoutChoices,
  notice: (text: string) => void,
): Layout {
  const owner = findOwner();
  refuseDisksWithoutRoot(choices.regionDiskMiB, owner);
  const stateLink = choices.stateDir ?? join(rootDir, ".careline", "state");
  const stateDir = placeOrRefuse(rootDir, stateLink, owner, notice);
  const kept = readSettings(stateDir);
  if (kept !== null && everRan(stateDir)) mustFit(choices, kept);
  const settings: LabSettings = {
    portBase: choices.portBase ?? kept?.portBase ?? defaultPortBase,
    installation: kept?.installation ?? randomUUID().slice(0, 8),
    regionDiskMiB: choices.regionDiskMiB ?? kept?.regionDiskMiB ?? null,
    skewableClocks: choices.skewableClocks ?? kept?.skewableClocks ?? false,
  };
  portsFrom(settings.portBase);
  if (!writeSettings(stateDir, settings, kept === null)) {
    // Another start of the same lab came first, and chose its name.
    return prepareLayout(rootDir, choices, notice);
  }
  const runDir = placeRunDir(stateDir, owner);
  const layout = layoutOf(
    { rootDir, appDir: appDirOf(rootDir, stateDir, owner), stateDir, stateLink, runDir, owner },
    settings,
  );
  for (const dir of ["pki", "secrets", "config", "logs", "sites"]) {
    ownedDir(join(stateDir, dir), owner);
  }
  return layout;
}

/** The lab of a clone as it was prepared, or null where none ever was. Changes nothing. */
export function openLayout(rootDir: string, stateDirChoice?: string): Layout | null {
  const link = stateDirChoice ?? join(rootDir, ".careline", "state");
  if (!existsSync(join(link, "lab.json"))) return null;
  const stateDir = realpathSync(link);
  const settings = readSettings(stateDir);
  if (settings === null) return null;
  const owner = findOwner();
  return layoutOf(
    {
      rootDir,
      appDir: appDirOf(rootDir, stateDir, owner),
      stateDir,
      stateLink: link,
      runDir: runDirOf(stateDir),
      owner,
    },
    settings,
  );
}

/** Only root may mount. Said before anything is kept: the choice would stay with the lab. Error: FAULT_UNAVAILABLE. */
export function refuseDisksWithoutRoot(
  regionDiskMiB: number | undefined,
  { name, switchTo }: Pick<Owner, "name" | "switchTo">,
): void {
  if (regionDiskMiB === undefined || switchTo !== null) return;
  throw new LabError(
    "FAULT_UNAVAILABLE",
    `${name} may not mount disks: a region's own disk needs root. Start without --region-disk; drills that fill a disk are then SKIPPED`,
  );
}

/** Processes make their folders when they are started: until then nothing depends on what was chosen (e.g. ports that were taken). */
function everRan(stateDir: string): boolean {
  const sites = join(stateDir, "sites");
  return existsSync(sites) && readdirSync(sites).length > 0;
}

/** What data on disk depends on (etcd's addresses, a region's file system) is chosen once. */
function mustFit(choices: LayoutChoices, kept: LabSettings): void {
  const { portBase = kept.portBase, regionDiskMiB = kept.regionDiskMiB } = choices;
  if (portBase !== kept.portBase) {
    throw new LabError(
      "CHOICE_FIXED",
      `this lab's ports begin at ${kept.portBase}, not at ${portBase}`,
    );
  }
  if (regionDiskMiB !== kept.regionDiskMiB) {
    throw new LabError(
      "CHOICE_FIXED",
      "the size of the regions' disks was chosen at the first start",
    );
  }
}

function readSettings(stateDir: string): LabSettings | null {
  const file = join(stateDir, "lab.json");
  if (!existsSync(file)) return null;
  try {
    const { schema: _, ...settings } = settingsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return settings;
  } catch (cause) {
    throw new LabError("STATE_UNREADABLE", `${file} is not a settings file of this version`, {
      cause,
    });
  }
}

/** False: they were to be the first, and others are there. */
function writeSettings(stateDir: string, settings: LabSettings, areFirst: boolean): boolean {
  const file = join(stateDir, "lab.json");
  const written = `${file}.${process.pid}`;
  const text = `${JSON.stringify({ schema: 1, ...settings }, null, 2)}\n`;
  writeFileSync(written, text, { mode: 0o644 });
  if (!areFirst) {
    renameSync(written, file);
    return true;
  }
  try {
    linkSync(written, file);
    return true;
  } catch {
    if (existsSync(file)) return false;
    // A file system without links.
    renameSync(written, file);
    return true;
  } finally {
    rmSync(written, { force: true });
  }
}

/** Makes a folder that only the owner may enter. */
export function ownedDir(path: string, owner: Owner): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o700);
  giveTo(owner, path);
  return path;
}

/** Errors: STATE_UNUSABLE, whatever the file system says against the folder. */
function placeOrRefuse(...place: Parameters<typeof placeState>): string {
  const [, wanted] = place;
  try {
    return placeState(...place);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw new LabError("STATE_UNUSABLE", `${wanted} cannot hold the lab's state`, { cause });
  }
}

/**
 * A folder with other things in it is somebody's: its mode and owner would change, and `down --wipe` would remove all of it.
 * Error: STATE_UNUSABLE.
 */
function mustBeOurs(stateDir: string): void {
  const found = readdirSync(stateDir).find((name) => !name.startsWith("lab.json"));
  if (found === undefined || existsSync(join(stateDir, "lab.json"))) return;
  throw new LabError(
    "STATE_UNUSABLE",
    `${stateDir} holds something else (${found}) and no lab.json`,
  );
}

/**
 * The state lies in the clone where the servers' user can reach it. Root often clones under
 * /root, which nobody else may enter: then it lies under /var/lib, and the clone holds a link.
 */
function placeState(
  rootDir: string,
  wanted: string,
  owner: Owner,
  notice: (text: string) => void,
): string {
  if (!existsSync(wanted)) {
    mkdirSync(dirname(wanted), { recursive: true });
    if (isReachableBy(owner, dirname(wanted))) {
      mkdirSync(wanted);
    } else {
      const elsewhere = join("/var/lib/careline", nameOf(wanted), "state");
      mkdirSync(elsewhere, { recursive: true });
      if (lstatSync(wanted, { throwIfNoEntry: false }) === undefined)
        symlinkSync(elsewhere, wanted);
      notice(`${owner.name} may not enter ${rootDir}; the state lies in ${elsewhere}`);
    }
  }
  const stateDir = realpathSync(wanted);
  mustBeOurs(stateDir);
  chmodSync(stateDir, 0o711);
  giveTo(owner, stateDir);
  if (!isReachableBy(owner, dirname(stateDir))) {
    throw new LabError("PREPARE_FAILED", `${owner.name} cannot reach ${stateDir}`);
  }
  return stateDir;
}

function nameOf(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 12);
}

function appDirOf(rootDir: string, stateDir: string, owner: Owner): string {
  return isReachableBy(owner, rootDir) ? rootDir : join(dirname(stateDir), "app");
}

function runDirOf(stateDir: string): string {
  const inState = join(stateDir, "run");
  return Buffer.byteLength(inState) <= runDirBytesMax
    ? inState
    : join(tmpdir(), `careline-${nameOf(stateDir)}`);
}

function placeRunDir(stateDir: string, owner: Owner): string {
  return ownedDir(runDirOf(stateDir), owner);
}
