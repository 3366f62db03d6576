import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import { LabError } from "../errors.ts";
import { giveTo, type Owner, runProgram, tryProgram } from "../layout/index.ts";
import type { FaultReport } from "./fault-command.ts";

/** Whether a file system of its own lies at `dir`. */
export function isMounted(dir: string): boolean {
  return readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[1] === dir);
}

/**
 * Gives a region a file system of limited size: ext4 in a file, which survives a restart of the
 * lab, or memory where no loop device is to be had. Needs root.
 * Errors: FAULT_UNAVAILABLE.
 */
export async function mountRegionDisk(
  siteDir: string,
  imageFile: string,
  sizeMiB: number,
  owner: Owner | null,
  signal: AbortSignal,
): Promise<"ext4" | "tmpfs" | "mounted already"> {
  if (isMounted(siteDir)) return "mounted already";
  if (process.getuid?.() !== 0) {
    throw new LabError("FAULT_UNAVAILABLE", "a region's own disk needs root; start without it");
  }
  mkdirSync(siteDir, { recursive: true });
  const kind = await mountSomehow(siteDir, imageFile, sizeMiB, signal);
  if (owner !== null) giveTo(owner, siteDir);
  return kind;
}

async function mountSomehow(
  siteDir: string,
  imageFile: string,
  sizeMiB: number,
  signal: AbortSignal,
): Promise<"ext4" | "tmpfs"> {
  if (!existsSync(imageFile)) {
    await runProgram("truncate", ["--size", `${sizeMiB}M`, imageFile], {}, signal);
    // -m 0: no blocks reserved for root, who would otherwise not see the disk full.
    await runProgram("mkfs.ext4", ["-q", "-m", "0", imageFile], {}, signal);
  }
  const loop = await tryProgram("mount", ["-o", "loop", imageFile, siteDir], {}, signal);
  if (loop.exitCode === 0) return "ext4";
  rmSync(imageFile, { force: true });
  const size = `size=${sizeMiB}m,mode=0700`;
  const memory = await tryProgram(
    "mount",
    ["-t", "tmpfs", "-o", size, "tmpfs", siteDir],
    {},
    signal,
  );
  if (memory.exitCode === 0) return "tmpfs";
  throw new LabError("FAULT_UNAVAILABLE", `nothing can be mounted here: ${memory.stderr.trim()}`);
}

/** Takes the file system away again when the lab has stopped. */
export async function unmountRegionDisk(siteDir: string, signal: AbortSignal): Promise<void> {
  if (isMounted(siteDir)) await runProgram("umount", [siteDir], {}, signal);
}

/**
 * Fills a region's disk to the last `leaveBytes`. Errors: FAULT_UNAVAILABLE (no disk of its own),
 * FAULT_WITHOUT_EFFECT.
 */
export async function fillDisk(
  siteDir: string,
  leaveBytes: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<FaultReport> {
  if (!isMounted(siteDir)) {
    throw new LabError(
      "FAULT_UNAVAILABLE",
      `the region at ${siteDir} has no disk of its own; SKIPPED. Start with --region-disk <MiB> as root.`,
    );
  }
  const ballast = join(siteDir, "ballast");
  const beganAt = clock.wallNow().toISOString();
  writeFileSync(ballast, "");
  const freeBytes = freeBytesOf(siteDir);
  const bytes = Math.max(0, freeBytes - leaveBytes);
  if (bytes > 0) {
    await tryProgram("fallocate", ["--length", String(bytes), ballast], {}, signal);
    await fillTheRest(siteDir, ballast, leaveBytes, signal);
  }
  const left = freeBytesOf(siteDir);
  if (left > leaveBytes + 1_048_576) {
    throw new LabError("FAULT_WITHOUT_EFFECT", `${left} bytes are still free at ${siteDir}`);
  }
  return {
    kind: "fill-disk",
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: [],
    evidence: `${left} bytes are free where ${freeBytes} were`,
  };
}

/** fallocate takes nothing at all when a few blocks of metadata no longer fit: write what it left. */
async function fillTheRest(
  siteDir: string,
  ballast: string,
  leaveBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const rest = freeBytesOf(siteDir) - leaveBytes;
  if (rest < 4096) return;
  const blocks = Math.ceil(rest / 65_536);
  await tryProgram(
    "dd",
    ["if=/dev/zero", `of=${ballast}.rest`, "bs=64k", `count=${blocks}`],
    {},
    signal,
  );
}

/** Removes the ballast. */
export function freeDisk(siteDir: string, clock: Clock): FaultReport {
  const beganAt = clock.wallNow().toISOString();
  for (const name of ["ballast", "ballast.rest"]) rmSync(join(siteDir, name), { force: true });
  return {
    kind: "free-disk",
    beganAt,
    effectiveAt: clock.wallNow().toISOString(),
    pids: [],
    evidence: `${freeBytesOf(siteDir)} bytes are free`,
  };
}

function freeBytesOf(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}
