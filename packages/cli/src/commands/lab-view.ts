import type { LabStatus, Layout } from "@careline/lab";
import type { CommandContext } from "../command-context.ts";
import { formatBytes, formatElapsed, formatTable, type Output } from "../output/index.ts";

/** The processes of the lab as a table, or as JSON. */
export async function showLab(
  layout: Layout,
  status: LabStatus,
  { output }: CommandContext,
): Promise<void> {
  const { frontDoorOrigin, labMemoryBytes } = await import("@careline/lab");
  const memoryBytes = labMemoryBytes(layout);
  const frontDoor = frontDoorOrigin(layout);
  output.json({ ...status, memoryBytes, frontDoor, portBase: layout.ports.base });
  output.line(labTable(status, memoryBytes));
}

/** One line per process, and the sum of their memory. */
export function labTable(status: LabStatus, memoryBytes: number): string {
  const rows = status.processes
    .filter(({ state }) => state !== "done")
    .map((each) => [
      each.name,
      each.state,
      each.pid === null ? "–" : String(each.pid),
      each.pid === null ? "–" : formatElapsed(each.uptimeMs),
      each.restarts === 0 ? "" : `restarted ${each.restarts}× (${each.lastExit})`,
    ]);
  const ready =
    status.readyAfterMs === null ? "" : `, ready after ${formatElapsed(status.readyAfterMs)}`;
  return [
    formatTable([["process", "state", "pid", "up", ""], ...rows]),
    `${status.phase}${ready}, ${formatBytes(memoryBytes)} of memory`,
  ].join("\n");
}

/** Where to go, who to be, what to try. */
export function showWelcome(layout: Layout, output: Output): void {
  const { ports } = layout;
  output.line(`
Careline is up.

  Portal              https://localhost:${ports.frontDoor}
  Identity provider   https://localhost:${ports.identityProvider}
  Authority           ${layout.authorityFile}
                      (./careline trust shows how a browser comes to trust it, and undoes it)

  Accounts            agent001 … agent130 (agents), supervisor01, manager01, admin01
  Password            in ${layout.secretFile("identity-demo-password")}
                      (./careline lab code agent001 prints it with the current one-time code)

Try next
  ./careline status                    who is primary, how far the standby is behind
  ./careline lab fault kill-site east  lose a region without warning
  ./careline lab fault heal            bring it back
  ./careline switchover west           move on purpose, without loss
  ./careline drill region-loss         the same with 50 simulated agents, measured
  ./careline down                      stop everything in order`);
}
