import { join } from "node:path";
import type { DoorGuardConfig } from "../door-guard/index.ts";
import { type Layout, regions } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { adminSocketOf } from "./front-door-process.ts";
import { niceness, nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

/** Tells the front door at once which region holds the permit. */
export function doorGuardProcess(layout: Layout): ProcessSpec {
  const controlSocket = join(layout.runDir, "door-guard.sock");
  const config: DoorGuardConfig = {
    controlSocket,
    adminSocket: adminSocketOf(layout),
    pool: "permit_api",
    authorityFile: layout.authorityFile,
    regions: regions.map((name) => ({
      name,
      url: `https://127.0.0.1:${layout.ports.reach("edge", name, "portal")}`,
    })),
  };
  writeConfig(layout, "door-guard.edge.json", config);
  return nodeSpec(layout, "door-guard", "edge", "lab/src/door-guard/main.ts", {
    wave: waves.frontDoor,
    nice: niceness.steering,
    name: "door-guard",
    ready: { kind: "socket", path: controlSocket },
  });
}
