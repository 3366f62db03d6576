import { connect } from "node:tls";
import type { Clock } from "@careline/platform";
import type { Layout, Place, Service } from "../layout/index.ts";

/** `silent`: neither an answer nor a refusal. `answers`: a TLS handshake began. `refuses`: reset or closed. */
export type RouteState = "silent" | "answers" | "refuses";

/** Several round trips of the default WAN; a cut is told from a slow link by this long a silence. */
const silenceMs = 400;

/** What a client at `from` finds at `to`: opens a connection of its own and says hello. */
export function probeRoute(
  layout: Layout,
  from: Place,
  to: Place,
  clock: Clock,
  signal: AbortSignal,
): Promise<RouteState> {
  const port = layout.ports.reach(from, to, probedService(to));
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    const finish = (state: RouteState): void => {
      cancel();
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(state);
    };
    const onAbort = (): void => finish("silent");
    const cancel = clock.after(silenceMs, () => finish("silent"));
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("secureConnect", () => finish("answers"));
    socket.once("error", () => finish("refuses"));
    socket.once("close", () => finish("refuses"));
  });
}

/** A service that speaks TLS from its first byte, and runs wherever the place does. */
function probedService(place: Place): Service {
  return place === "edge" ? "identity-provider" : "etcd";
}
