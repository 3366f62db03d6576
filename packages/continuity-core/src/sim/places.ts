/** Where a process is. `edge` is everything outside the sites: front door and clients. */
export type Place = "east" | "west" | "witness" | "edge";
export type RegionName = "east" | "west";

export const places: readonly Place[] = ["east", "west", "witness", "edge"];
export const regionNames: readonly RegionName[] = ["east", "west"];
export const quorumSites = ["east", "west", "witness"] as const;

export function otherRegion(region: RegionName): RegionName {
  return region === "east" ? "west" : "east";
}

export type ByRegion<T> = Readonly<Record<RegionName, T>>;

export function perRegion<T>(create: (region: RegionName) => T): ByRegion<T> {
  return { east: create("east"), west: create("west") };
}
