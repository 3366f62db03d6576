import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What is known of a running process by its number. */
export interface FoundProcess {
  readonly pid: number;
  readonly cwd: string;
}

/**
 * All processes whose working directory lies in `dir`. PostgreSQL's own children call setsid(), so
 * neither process groups nor parents reach them; their working directory does (10–45 ms a scan).
 * Processes that are gone but not yet waited for have no working directory and are not listed, nor
 * are those with a terminal: a person's shell may stand in the folder, a daemon never has one.
 */
export function processesIn(dir: string): readonly FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const cwd = readCwd(entry);
    if (cwd !== null && (cwd === dir || cwd.startsWith(`${dir}/`)) && !hasTerminal(entry)) {
      found.push({ pid: Number(entry), cwd });
    }
  }
  return found;
}

function readCwd(pid: string): string | null {
  try {
    // A folder that was removed under a process reads as "<path> (deleted)".
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
  } catch {
    return null; // Ended meanwhile, a zombie, or another user's.
  }
}

/** Whether field 7 of /proc/<pid>/stat, the controlling terminal, is not 0. */
function hasTerminal(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4] !== "0";
  } catch {
    return false;
  }
}

/** The state letter of /proc/<pid>/stat (R, S, D, T, Z …), or null when there is no such process. */
export function stateOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything, also spaces and parentheses.
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return null;
  }
}

/** Resident memory of a process in bytes, as the kernel shares it out (Pss), or null. */
export function memoryOf(pid: number): number | null {
  try {
    const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return line?.[1] === undefined ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

/** Sends a signal; false when the process was gone already. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
