import { join } from "node:path";
import { type Layout, type Place, peerAddress, places, sites } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import type { LinkSettings, WanConfig } from "../wan/index.ts";
import { niceness, nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

/** One way between any two sites; a round trip between the regions takes twice this. */
const defaultLatencyMs = 30;

/** The WAN: every connection between two places passes it. */
export function wanProcess(layout: Layout): ProcessSpec {
  writeConfig(layout, "wan.edge.json", wanConfig(layout));
  return nodeSpec(layout, "wan", "edge", "lab/src/wan/main.ts", {
    wave: waves.network,
    nice: niceness.lifeline,
    name: "wan",
    // Outside every site's folder: a fault on a site must not reach it.
    cwd: join(layout.stateDir, "wan"),
    ready: { kind: "socket", path: layout.wanSocket },
  });
}

function wanConfig(layout: Layout): WanConfig {
  const { ports } = layout;
  return {
    controlSocket: layout.wanSocket,
    links: places.flatMap((from) =>
      places
        .filter((to) => to !== from)
        .map((to) => ({ from, to, settings: defaultSettings(from, to) })),
    ),
    routes: [...ports.routes()],
    proxies: sites.map((from) => ({
      from,
      listenPort: ports.peerProxy(from),
      targets: sites
        .filter((to) => to !== from)
        .map((to) => ({
          authority: `${peerAddress(to)}:${ports.direct(to, "etcd-peer")}`,
          to,
          targetPort: ports.direct(to, "etcd-peer"),
        })),
    })),
  };
}

/** Clients and the front door are near every site: only distance between sites is modelled. */
function defaultSettings(from: Place, to: Place): LinkSettings {
  const isLocal = from === "edge" || to === "edge";
  return { latencyMs: isLocal ? 0 : defaultLatencyMs, jitterMs: 0, bandwidthKbps: null };
}
