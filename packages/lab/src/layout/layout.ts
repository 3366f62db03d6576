import { join } from "node:path";
import type { TlsFiles } from "@careline/platform";
import type { Owner } from "./owner.ts";
import { type Ports, portsFrom } from "./ports.ts";
import type { Place } from "./sites.ts";

/** What was chosen when the lab was first prepared, kept in `lab.json` of the state folder. */
export interface LabSettings {
  readonly portBase: number;
  /** Random name of this installation; in the names of its authority and of its etcd cluster. */
  readonly installation: string;
  /** Size of each region's own file system, or null for the machine's disk. Needed to fill a region's disk. */
  readonly regionDiskMiB: number | null;
  /** Whether the daemons of the regions run under libfaketime. Needed to skew a region's clock. */
  readonly skewableClocks: boolean;
}

/** Where everything of one lab lies. Pure: computed from the root folder and the settings. */
export interface Layout {
  /** The clone. */
  readonly rootDir: string;
  /** The code that daemons run from: the clone, or a copy where the servers' user may not enter the clone. */
  readonly appDir: string;
  readonly stateDir: string;
  /** Where the clone expects the state: the folder itself, or a link to it. */
  readonly stateLink: string;
  readonly owner: Owner;
  readonly settings: LabSettings;
  readonly ports: Ports;
  /** Folder of one process; its working directory. */
  processDir(place: Place, process: string): string;
  /** Folder of a whole site: what a fault on a region looks for in /proc. */
  siteDir(place: Place): string;
  /** Folder for sockets; short, because a socket's path may have 107 bytes at most. */
  readonly runDir: string;
  readonly logDir: string;
  readonly configDir: string;
  configFile(name: string): string;
  secretFile(name: string): string;
  /** Certificate `<process>.<site>`, its key, and the authority. */
  tls(process: string, place: Place): TlsFiles;
  /** Client certificate `operator.<name>`. */
  operatorTls(name: string): TlsFiles;
  readonly authorityFile: string;
  /** The supervisor's control socket. */
  readonly supervisorSocket: string;
  /** The WAN's control socket. */
  readonly wanSocket: string;
  /** Holds `new` until the etcd cluster has been formed, then `existing`. */
  readonly clusterStateFile: string;
  /** Offset for libfaketime of one region. */
  clockFile(place: Place): string;
}

export interface LayoutPlace {
  readonly rootDir: string;
  readonly appDir: string;
  readonly stateDir: string;
  readonly stateLink: string;
  readonly runDir: string;
  readonly owner: Owner;
}

/** The paths of a lab. */
export function layoutOf(place: LayoutPlace, settings: LabSettings): Layout {
  const at = (...parts: readonly string[]): string => join(place.stateDir, ...parts);
  const tls = (commonName: string): TlsFiles => ({
    ca: at("pki", "ca.crt"),
    cert: at("pki", `${commonName}.crt`),
    key: at("pki", `${commonName}.key`),
  });
  return {
    ...place,
    settings,
    ports: portsFrom(settings.portBase),
    siteDir: (where) => at("sites", where),
    processDir: (where, process) => at("sites", where, process),
    logDir: at("logs"),
    configDir: at("config"),
    configFile: (name) => at("config", name),
    secretFile: (name) => at("secrets", name),
    tls: (process, where) => tls(`${process}.${where}`),
    operatorTls: (name) => tls(`operator.${name}`),
    authorityFile: at("pki", "ca.crt"),
    supervisorSocket: join(place.runDir, "supervisor.sock"),
    wanSocket: join(place.runDir, "wan.sock"),
    clusterStateFile: at("config", "etcd-cluster-state"),
    clockFile: (where) => at("config", `clock-${where}`),
  };
}
