import { connect, createServer, type Socket } from "node:net";
import { systemClock } from "@careline/platform";

/**
 * One direction-neutral TCP relay that adds the same delay each way: the distance between two data sites for a peer that
 * brings no wide-area network of its own. `node delay-proxy.ts <listen host:port> <target host:port> <one-way ms>`
 */
const [listen = "", target = "", delay = ""] = process.argv.slice(2);
const oneWayMs = Number(delay);

function split(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}

/** Passes bytes on after the delay, in order: one timer per chunk, all of the same length. */
function relay(from: Socket, to: Socket): void {
  from.on("data", (chunk) => {
    systemClock.after(oneWayMs, () => {
      if (!to.destroyed) to.write(chunk);
    });
  });
  from.on("end", () => systemClock.after(oneWayMs, () => to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => systemClock.after(oneWayMs, () => to.destroy()));
}

const server = createServer((near) => {
  const far = connect(split(target));
  near.setNoDelay(true);
  far.setNoDelay(true);
  relay(near, far);
  relay(far, near);
});
server.listen(split(listen).port, split(listen).host);
