import { LabError } from "../errors.ts";
import { type Place, places, type Region, regions, type Site, sites } from "./sites.ts";

/**
 * The one place where ports are chosen. All lie in [base, base + 800), below 32768, where Linux
 * begins to hand out ephemeral ports: a fixed port above it is lost to a stranger now and then.
 */
export const defaultPortBase = 24_000;
export const portSpan = 800;

/** What one site offers to another. Each has a port of its own at the WAN per (from, to). */
export const services = [
  "etcd",
  "postgres",
  "redis",
  "keeper",
  "controller",
  "portal",
  "identity-provider",
  "carrier",
  "front-door",
  "etcd-peer",
] as const;
export type Service = (typeof services)[number];

const offersBySite: Readonly<Record<Place, readonly Service[]>> = {
  east: ["etcd", "etcd-peer", "postgres", "redis", "keeper", "controller", "portal"],
  west: ["etcd", "etcd-peer", "postgres", "redis", "keeper", "controller", "portal"],
  witness: ["etcd", "etcd-peer", "controller"],
  edge: ["identity-provider", "carrier", "front-door"],
};

export interface WanRoute {
  readonly from: Place;
  readonly to: Place;
  readonly service: Service;
  /** Where the WAN listens for this route. */
  readonly listenPort: number;
  /** Where the service itself listens. */
  readonly targetPort: number;
}

export interface Ports {
  readonly base: number;
  /** HTTPS front door; browsers go here. */
  readonly frontDoor: number;
  /** Plain HTTP, answers with a redirect only. */
  readonly frontDoorPlain: number;
  /** HAProxy's own metrics. */
  readonly frontDoorMetrics: number;
  /** Held by the supervisor while it lives. */
  readonly supervisorLock: number;
  readonly identityProvider: number;
  readonly carrier: number;
  /** The port on which `site` itself serves `service`. */
  direct(site: Place, service: Service): number;
  /** The port on which `from` reaches `service` of `to`: the WAN's, or the direct one inside a site. */
  reach(from: Place, to: Place, service: Service): number;
  /** Where etcd of `from` finds its HTTP CONNECT proxy: all its peer traffic leaves through it. */
  peerProxy(from: Site): number;
  /** All routes of the WAN. */
  routes(): readonly WanRoute[];
  /** Every port with the process that will listen on it. */
  all(): readonly { readonly port: number; readonly owner: string }[];
}

const edgePorts: Readonly<Partial<Record<Service, number>>> = {
  "front-door": 443,
  "identity-provider": 444,
  carrier: 445,
};

function directPort(base: number, site: Place, service: Service): number {
  if (!offersBySite[site].includes(service)) {
    throw new LabError("UNKNOWN_LINK", `${site} does not offer ${service}`);
  }
  if (site === "edge") return base + (edgePorts[service] ?? 0);
  return base + 100 * (sites.indexOf(site) + 1) + services.indexOf(service);
}

function wanPort(base: number, from: Place, to: Place, service: Service): number {
  const block = places.indexOf(from) * places.length + places.indexOf(to);
  return base + 500 + block * services.length + services.indexOf(service);
}

function wanRoutes(base: number): readonly WanRoute[] {
  return places.flatMap((from) =>
    places
      .filter((to) => to !== from)
      .flatMap((to) =>
        offersBySite[to]
          .filter((service) => service !== "etcd-peer")
          .map((service) => ({
            from,
            to,
            service,
            listenPort: wanPort(base, from, to, service),
            targetPort: directPort(base, to, service),
          })),
      ),
  );
}

/**
 * The ports of a lab whose first is `base`.
 * Errors: PORT_BASE_INVALID.
 */
export function portsFrom(base: number): Ports {
  if (!Number.isInteger(base) || base < 2000 || base > 31_000 || base % 100 !== 0) {
    throw new LabError("PORT_BASE_INVALID", `port base ${base} cannot be used`);
  }
  const ports: Ports = {
    base,
    frontDoor: base + 443,
    frontDoorPlain: base + 80,
    frontDoorMetrics: base + 446,
    supervisorLock: base + 790,
    identityProvider: base + 444,
    carrier: base + 445,
    direct: (site, service) => directPort(base, site, service),
    reach: (from, to, service) =>
      from === to ? directPort(base, to, service) : wanPort(base, from, to, service),
    peerProxy: (from) => base + 700 + sites.indexOf(from),
    routes: () => wanRoutes(base),
    all: () => allPorts(ports),
  };
  return ports;
}

function allPorts(ports: Ports): readonly { readonly port: number; readonly owner: string }[] {
  const direct = places.flatMap((site) =>
    offersBySite[site].map((service) => ({
      port: ports.direct(site, service),
      owner: `${service} of ${site}`,
    })),
  );
  const wan = ports.routes().map((route) => ({
    port: route.listenPort,
    owner: `wan, ${route.from} to ${route.service} of ${route.to}`,
  }));
  const proxies = sites.map((site) => ({
    port: ports.peerProxy(site),
    owner: `wan, etcd peers of ${site}`,
  }));
  return [
    ...direct,
    ...wan,
    ...proxies,
    { port: ports.frontDoorPlain, owner: "front door, plain HTTP" },
    { port: ports.frontDoorMetrics, owner: "front door, metrics" },
    { port: ports.supervisorLock, owner: "supervisor" },
  ];
}

/**
 * etcd knows each member by one address for all its peers, so the address cannot tell who calls.
 * The addresses below (RFC 5737, never routed) exist only as names: each etcd reaches them through
 * the CONNECT proxy of its own site, and so the WAN knows both ends.
 */
export function peerAddress(site: Site): string {
  return `192.0.2.${sites.indexOf(site) + 11}`;
}

/** The regions' portals as the front door sees them, by name. */
export function portalPortsFromEdge(ports: Ports): Readonly<Record<Region, number>> {
  const [east, west] = regions.map((region) => ports.reach("edge", region, "portal"));
  return { east: east ?? 0, west: west ?? 0 };
}
