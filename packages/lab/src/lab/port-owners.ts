import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { LabError } from "../errors.ts";
import { type Ports, portSpan, portsFrom } from "../layout/index.ts";

interface Listener {
  readonly port: number;
  readonly inode: string;
}

/** Ports that someone listens on, from /proc/net/tcp and tcp6 (state 0A is LISTEN). */
function listeners(): readonly Listener[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    readOrEmpty(file)
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === "0A")
      .map((fields) => ({
        port: Number.parseInt(fields[1]?.split(":").at(-1) ?? "", 16),
        inode: fields[9] ?? "",
      })),
  );
}

/** Who holds a socket: `pid 123 (nginx)`, or a hint where another user's processes cannot be seen. */
function holderOf(inode: string): string {
  const link = `socket:[${inode}]`;
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    if (!descriptors(pid).includes(link)) continue;
    return `process ${pid} (${readOrEmpty(`/proc/${pid}/comm`).trim()})`;
  }
  return "a process of another user (run `ss -ltnp` as root to see which)";
}

function descriptors(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ""; // Closed meanwhile.
      }
    });
  } catch {
    return []; // Ended meanwhile, or another user's.
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // No IPv6, or the process ended.
  }
}

/** Errors: PORT_TAKEN, naming each port, what it is wanted for and who has it. */
export function mustBeFree(ports: Ports): void {
  const taken = new Map(listeners().map(({ port, inode }) => [port, inode]));
  const conflicts = ports
    .all()
    .filter(({ port }) => taken.has(port))
    .map(({ port, owner }) => `${port} (for ${owner}) by ${holderOf(taken.get(port) ?? "")}`);
  if (conflicts.length > 0) {
    throw new LabError("PORT_TAKEN", `taken: ${conflicts.slice(0, 5).join("; ")}`);
  }
}

/** The first base from 25 600 on whose ports are all free. Errors: PORT_TAKEN. */
export function findFreePortBase(): number {
  const taken = new Set(listeners().map(({ port }) => port));
  for (let base = 25_600; base <= 31_000; base += portSpan) {
    const isFree = portsFrom(base)
      .all()
      .every(({ port }) => !taken.has(port));
    if (isFree) return base;
  }
  throw new LabError("PORT_TAKEN", "no 800 ports in a row are free between 25600 and 31800");
}
