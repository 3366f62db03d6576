import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { ContinuityError } from "../errors.ts";

/** Held while a keeper runs. The socket ends with the process; the file tells people who it was. */
export interface SiteLock {
  release(): void;
}

/** Errors: SITE_LOCKED when another keeper of this site and system runs on this machine. */
export async function lockSite(lockFile: string, name: string): Promise<SiteLock> {
  const server = await bind(`\0careline-keeper-${name}-${lockFile}`.slice(0, 100));
  const isOurs = takeFile(lockFile) || (isStale(lockFile) && takeFile(lockFile));
  if (!isOurs) {
    server.close();
    throw new ContinuityError("SITE_LOCKED", `${lockFile} names a running process`);
  }
  return {
    release() {
      rmSync(lockFile, { force: true });
      server.close();
    },
  };
}

/** An abstract socket: two processes cannot bind it, and no file of it is left behind. */
function bind(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (cause) =>
      reject(new ContinuityError("SITE_LOCKED", "another keeper of this site runs", { cause })),
    );
    server.listen(path, () => resolve(server));
  });
}

function takeFile(lockFile: string): boolean {
  try {
    const file = openSync(lockFile, "wx", 0o600);
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Left by a process that is gone, or whose number now belongs to something else. Removes it then. */
function isStale(lockFile: string): boolean {
  const pid = readFileSync(lockFile, "utf8").trim();
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (Number(pid) !== process.pid && command.includes("keeper")) return false;
  } catch {
    // No such process.
  }
  rmSync(lockFile, { force: true });
  return true;
}
