import { globSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { controllerConfigSchema, keeperConfigSchema } from "@careline/continuity";
import { z } from "zod";
import { LabError } from "../errors.ts";
import {
  ensureSecret,
  giveTo,
  type Layout,
  otherRegion,
  type Region,
  regions,
  type Site,
  sites,
} from "../layout/index.ts";
import { faketimeLibrary, type ProcessSpec, skewableEnvironment } from "../supervisor/index.ts";
import { niceness, nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

/** The configuration files as written: what the schemas accept, before their defaults. */
type KeeperFile = z.input<typeof keeperConfigSchema>;
type ControllerFile = z.input<typeof controllerConfigSchema>;

const localhost = "127.0.0.1";

/** The keeper of a region: the only parent PostgreSQL ever has. */
export function keeperProcess(layout: Layout, region: Region): ProcessSpec {
  const { ports } = layout;
  const file: KeeperFile = {
    site: region,
    listen: { host: localhost, port: ports.direct(region, "keeper") },
    tls: layout.tls("keeper", region),
    otherKeeper: {
      url: `https://${localhost}:${ports.reach(region, otherRegion(region), "keeper")}`,
    },
    store: storeOf(layout, "keeper", region),
    postgres: postgresOf(layout, region),
    redis: redisOf(layout, region, "keeper"),
    lockFile: join(layout.processDir(region, "keeper"), "lock"),
  };
  writeConfig(layout, `keeper.${region}.json`, file);
  return nodeSpec(layout, "keeper", region, "continuity/src/keeper.ts", {
    wave: waves.keepers,
    nice: niceness.lifeline,
    dirs: postgresDirs(layout, region),
    ready: { kind: "port", port: ports.direct(region, "keeper") },
    env: regionEnvironment(layout, region),
    // A fast shutdown of PostgreSQL with a checkpoint under load.
    stopWithinMs: 15_000,
  });
}

/** The controller of a site. */
export function controllerProcess(layout: Layout, site: Site): ProcessSpec {
  const { ports } = layout;
  const url = (to: Site, service: "controller" | "portal" | "keeper"): string =>
    `https://${localhost}:${ports.reach(site, to, service)}`;
  const others = sites.filter((other) => other !== site);
  const region = regions.find((each) => each === site);
  const file: ControllerFile = {
    site,
    listen: { host: localhost, port: ports.direct(site, "controller") },
    tls: layout.tls("controller", site),
    store: storeOf(layout, "controller", site),
    ...(region === undefined
      ? {}
      : {
          region: {
            keeper: { url: url(region, "keeper") },
            postgres: postgresOf(layout, region),
            redis: redisOf(layout, region, "controller"),
          },
        }),
    controllers: Object.fromEntries(others.map((to) => [to, { url: url(to, "controller") }])),
    portals: Object.fromEntries(regions.map((to) => [to, { url: url(to, "portal") }])),
    evidenceDir: join(layout.processDir(site, "controller"), "evidence"),
    // Drills break regions more often in an hour than the product's limit of automatic failovers allows.
    policy: { failoversPerHourMax: 1_000 },
  };
  writeConfig(layout, `controller.${site}.json`, file);
  return nodeSpec(layout, "controller", site, "continuity/src/controller.ts", {
    wave: waves.controllers,
    nice: niceness.steering,
    dirs: [join(layout.processDir(site, "controller"), "evidence")],
    ready: { kind: "port", port: ports.direct(site, "controller") },
    env: region === undefined ? {} : regionEnvironment(layout, region),
  });
}

/** Daemons of a region run under libfaketime when the lab was started with skewable clocks. */
export function regionEnvironment(layout: Layout, region: Region): Record<string, string> {
  if (!layout.settings.skewableClocks) return {};
  const library = faketimeLibrary();
  if (library === null) {
    throw new LabError("FAULT_UNAVAILABLE", "skewable clocks need the Debian package faketime");
  }
  return skewableEnvironment(library, layout.clockFile(region));
}

function storeOf(
  layout: Layout,
  process: "keeper" | "controller",
  site: Site,
): KeeperFile["store"] {
  // The witness before the other region: when the own member is slow for once, the other region's may be the one that hangs.
  const others = (["witness", "west", "east"] as const).filter((other) => other !== site);
  return {
    members: [site, ...others].map((member) => ({
      name: member,
      url: `https://${localhost}:${layout.ports.reach(site, member, "etcd")}`,
    })),
    tls: layout.tls("store-client", site),
    user: `${process}.${site}`,
    passwordFile: layout.secretFile(`etcd-${process}.${site}-password`),
  };
}

/** PostgreSQL writes its log itself, so that it lives on when its keeper does not. */
export function postgresLogFile(layout: Layout, region: Region): string {
  return join(layout.processDir(region, "postgres"), "log", "postgres.log");
}

function postgresOf(layout: Layout, region: Region): KeeperFile["postgres"] {
  const { ports } = layout;
  const at = (...parts: readonly string[]): string =>
    join(layout.processDir(region, "postgres"), ...parts);
  return {
    binDir: postgresBinDir(),
    dataDir: at("data"),
    configDir: at("config"),
    socketDir: socketDir(layout, region),
    logFile: postgresLogFile(layout, region),
    listen: { host: localhost, port: ports.direct(region, "postgres") },
    upstream: { host: localhost, port: ports.reach(region, otherRegion(region), "postgres") },
    serverTls: layout.tls("postgres", region),
    replicationTls: layout.tls("replication", region),
    replicationPasswordFile: ensureSecret(layout, "postgres-replication-password"),
    ownerPasswordFile: ensureSecret(layout, "postgres-owner-password"),
    appPasswordFile: ensureSecret(layout, "postgres-app-password"),
  };
}

function postgresDirs(layout: Layout, region: Region): string[] {
  const at = (name: string): string => join(layout.processDir(region, "postgres"), name);
  const socket = socketDir(layout, region);
  mkdirSync(dirname(socket), { recursive: true });
  giveTo(layout.owner, dirname(socket));
  return [layout.processDir(region, "postgres"), at("config"), at("log"), socket];
}

function socketDir(layout: Layout, region: Region): string {
  return join(layout.runDir, `pg-${region}`);
}

function redisOf(
  layout: Layout,
  region: Region,
  process: "keeper" | "controller",
): KeeperFile["redis"] {
  return {
    listen: { host: localhost, port: layout.ports.direct(region, "redis") },
    upstream: {
      host: localhost,
      port: layout.ports.reach(region, otherRegion(region), "redis"),
    },
    tls: layout.tls(process, region),
    passwordFile: layout.secretFile("redis-password"),
  };
}

const majorSchema = z.coerce.number().int();

/** Folder of the newest PostgreSQL of at least 15. Errors: PROGRAM_MISSING. */
export function postgresBinDir(): string {
  const majors = globSync("/usr/lib/postgresql/*/bin/postgres")
    .map((path) => majorSchema.parse(path.split("/")[4]))
    .filter((major) => major >= 15)
    .toSorted((a, b) => b - a);
  if (majors[0] === undefined) {
    throw new LabError("PROGRAM_MISSING", "no PostgreSQL of at least version 15 is installed");
  }
  return `/usr/lib/postgresql/${majors[0]}/bin`;
}
