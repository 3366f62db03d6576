import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureSecret, type Layout, type Region, regions } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { regionEnvironment } from "./continuity-process.ts";
import { frontDoorOrigin, issuerOf, portalClientId } from "./edge-process.ts";
import { ensurePortalKeys } from "./portal-keys.ts";
import { nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

const localhost = "127.0.0.1";

/** The call-centre API of one region, which also serves the built screens. */
export function portalProcess(layout: Layout, region: Region): ProcessSpec {
  const spool = join(layout.processDir(region, "portal"), "spool");
  writeConfig(layout, `portal.${region}.json`, portalConfig(layout, region));
  return nodeSpec(layout, "portal", region, "portal-api/src/main.ts", {
    wave: waves.portals,
    dirs: [spool],
    env: regionEnvironment(layout, region),
    ready: {
      kind: "https",
      url: `https://${localhost}:${layout.ports.direct(region, "portal")}/health/alive`,
      tls: layout.tls("portal", region),
    },
  });
}

/** The built screens, or null before they were ever built: the portal then serves its API only. */
function builtScreens(layout: Layout): string | null {
  const dist = join(layout.appDir, "packages", "portal-web", "dist");
  return existsSync(join(dist, "index.html")) ? dist : null;
}

/** The portal's configuration; migrations and seeds read it too. */
export function portalConfig(layout: Layout, region: Region): object {
  const { ports } = layout;
  const ca = layout.authorityFile;
  return {
    site: region,
    listen: { host: localhost, port: ports.direct(region, "portal") },
    tls: layout.tls("portal", region),
    publicOrigins: [frontDoorOrigin(layout)],
    database: {
      host: localhost,
      port: ports.direct(region, "postgres"),
      user: "careline_app",
      passwordFile: layout.secretFile("postgres-app-password"),
      ca,
    },
    redis: {
      host: localhost,
      port: ports.direct(region, "redis"),
      passwordFile: layout.secretFile("redis-password"),
      ca,
    },
    keeper: {
      url: `https://${localhost}:${ports.direct(region, "keeper")}`,
      tls: layout.tls("portal", region),
    },
    identity: {
      issuer: issuerOf(layout),
      clientId: portalClientId,
      clientSecretFile: layout.secretFile("identity-client-secret"),
      ca,
      connectTo: { host: localhost, port: ports.reach(region, "edge", "identity-provider") },
    },
    keysFile: ensurePortalKeys(layout),
    spoolDirectory: join(layout.processDir(region, "portal"), "spool"),
    webDir: builtScreens(layout),
    demo: true,
    domains: {
      telephony: {
        provider: "simulator",
        url: `https://${localhost}:${ports.reach(region, "edge", "carrier")}`,
        serverName: "localhost",
        ca,
        tokenFile: ensureSecret(layout, "carrier-token"),
        webhookSecretFile: ensureSecret(layout, "carrier-webhook-secret"),
        webhookHosts: [
          `localhost:${ports.frontDoor}`,
          ...regions.map((each) => `localhost:${ports.direct(each, "portal")}`),
        ],
      },
    },
  };
}
