import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  frontDoorAnswers,
  frontDoorConfig,
  frontDoorScript,
  plainPage,
  problemDocument,
} from "../front-door/index.ts";
import { giveTo, type Layout, regions } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { niceness, specOf, waves } from "./spec.ts";
import { writeConfigText } from "./write-config.ts";

/** Where HAProxy takes commands, from the lab's own user only. */
export function adminSocketOf(layout: Layout): string {
  return join(layout.runDir, "haproxy.sock");
}

/** HAProxy: the only address that browsers and the carrier know. */
export function frontDoorProcess(layout: Layout): ProcessSpec {
  const { ports } = layout;
  const dir = join(layout.configDir, "front-door");
  mkdirSync(dir, { recursive: true });
  giveTo(layout.owner, dir);
  for (const answer of frontDoorAnswers) {
    writeConfigText(layout, `front-door/${answer.status}.json`, problemDocument(answer));
    writeConfigText(layout, `front-door/${answer.status}.html`, plainPage(answer));
  }
  const config = frontDoorConfig({
    port: ports.frontDoor,
    plainPort: ports.frontDoorPlain,
    metricsPort: ports.frontDoorMetrics,
    bundleFile: join(layout.stateDir, "pki", "haproxy.edge.pem"),
    authorityFile: layout.authorityFile,
    adminSocket: adminSocketOf(layout),
    scriptFile: writeConfigText(layout, "front-door/script.lua", frontDoorScript),
    regions: regions.map((name) => ({ name, port: ports.reach("edge", name, "portal") })),
    answerFile: (status, kind) => join(dir, `${status}.${kind}`),
  });
  const file = writeConfigText(layout, "haproxy.cfg", config);
  return specOf(layout, "haproxy", "edge", {
    wave: waves.frontDoor,
    nice: niceness.steering,
    command: "haproxy",
    // -db: in the foreground, one process, so that its parent is the supervisor.
    args: ["-db", "-f", file],
    ready: { kind: "port", port: ports.frontDoor },
    stopWithinMs: 3000,
  });
}
