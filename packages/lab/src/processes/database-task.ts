import type { DatabaseTaskConfig } from "../database-task/index.ts";
import { type Layout, regions } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { portalConfig } from "./portal-process.ts";
import { nodeCommand, nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

/** `agent001` … `agent130`: 110 for the agents of a drill, 20 for its clients that are pinned to one region. */
const demonstrationAgents = 130;

/** Brings the primary's schema to the newest migration and fills in the demonstration data. */
export function databaseTask(layout: Layout): ProcessSpec {
  const config: DatabaseTaskConfig = {
    node: nodeCommand(layout),
    packagesDir: `${layout.appDir}/packages`,
    regions: regions.map((region) => ({
      region,
      host: "127.0.0.1",
      port: layout.ports.reach("edge", region, "postgres"),
      portalConfig: layout.configFile(`portal.${region}.json`),
      migrateConfig: writeConfig(layout, `migrate.${region}.json`, migrateConfig(layout, region)),
    })),
    ca: layout.authorityFile,
    ownerPasswordFile: layout.secretFile("postgres-owner-password"),
    seedArguments: ["--agents", String(demonstrationAgents), "--patients", "3000"],
  };
  writeConfig(layout, "database-task.edge.json", config);
  for (const region of regions) {
    writeConfig(layout, `portal.${region}.json`, portalConfig(layout, region));
  }
  return nodeSpec(layout, "database-task", "edge", "lab/src/database-task/main.ts", {
    wave: waves.database,
    name: "database-task",
    ready: { kind: "exit" },
    readyWithinMs: 120_000,
  });
}

function migrateConfig(layout: Layout, region: (typeof regions)[number]): object {
  return {
    site: region,
    database: {
      host: "127.0.0.1",
      port: layout.ports.reach("edge", region, "postgres"),
      database: "careline",
      user: "careline_owner",
      passwordFile: layout.secretFile("postgres-owner-password"),
      ca: layout.authorityFile,
    },
  };
}
