import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { LabError } from "../errors.ts";

/** The user that every server of the lab runs as. Servers never run as root. */
export interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** What `spawn` needs to become this user; null when the lab is this user already. */
  readonly switchTo: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Finds the user for the servers. Not root: oneself. Root: `postgres`, which Debian's package
 * creates and which has a passwd entry, as initdb demands; else a system user `careline` is made.
 * `nobody` is not used: on ext4 with `resuid=65534` it may use reserved blocks and never sees a full disk.
 */
export function findOwner(): Owner {
  const self = userInfo();
  if (self.uid !== 0) {
    return { name: self.username, uid: self.uid, gid: self.gid, switchTo: null };
  }
  const found = lookUp("postgres") ?? lookUp("careline") ?? addCarelineUser();
  return { ...found, switchTo: { uid: found.uid, gid: found.gid } };
}

function lookUp(name: string): { name: string; uid: number; gid: number } | null {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [entry, , uid, gid] = line.split(":");
    if (entry === name && uid !== undefined && gid !== undefined) {
      return { name, uid: Number(uid), gid: Number(gid) };
    }
  }
  return null;
}

function addCarelineUser(): { name: string; uid: number; gid: number } {
  spawnSync("useradd", ["--system", "--no-create-home", "careline"]);
  const added = lookUp("careline");
  if (added === null) {
    throw new LabError(
      "PREPARE_FAILED",
      "there is no user postgres or careline, and useradd made none",
    );
  }
  return added;
}

/** Gives a path to the owner, when the lab was started by root. */
export function giveTo(owner: Owner, path: string): void {
  if (owner.switchTo !== null) chownSync(path, owner.uid, owner.gid);
}

/** Whether the owner can go through every folder above `path` and read it. */
export function isReachableBy(owner: Owner, path: string): boolean {
  const probe = spawnSync("/bin/sh", ["-c", 'test -r "$0" && cd "$0"', path], {
    cwd: "/",
    stdio: "ignore",
    ...(owner.switchTo ?? {}),
  });
  return probe.status === 0;
}

/** Makes a folder and what is missing above it, all of them the owner's and closed to others. */
export function makeOwnedDir(owner: Owner | null, path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (owner === null) return;
  for (let made = path; first !== undefined && made.startsWith(first); made = dirname(made)) {
    giveTo(owner, made);
  }
}
