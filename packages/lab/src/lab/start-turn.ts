import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import type { Clock } from "@careline/platform";

const lookEachMs = 100;

/**
 * Waits until nobody else is starting the lab of this state folder; answers what ends the turn. Two at once would make the authority
 * twice, and the second would end the first one's supervisor as a stray. The name of an abstract socket is free again when its process ends.
 */
export async function takeStartTurn(
  stateDir: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<() => void> {
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 32);
  for (;;) {
    const held = await tryHold(`\0careline-start-${name}`);
    if (held !== null) return () => held.close();
    await clock.sleep(lookEachMs, signal);
  }
}

function tryHold(path: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (thrown: NodeJS.ErrnoException) =>
      thrown.code === "EADDRINUSE" ? resolve(null) : reject(thrown),
    );
    server.listen({ path }, () => resolve(server));
  });
}
