/** Places of the lab. `edge` is everything outside the three sites: front door, identity provider, carrier, clients. */
export const places = ["east", "west", "witness", "edge"] as const;
export type Place = (typeof places)[number];

/** Sites with a vote. */
export const sites = ["east", "west", "witness"] as const;
export type Site = (typeof sites)[number];

/** Sites with data. */
export const regions = ["east", "west"] as const;
export type Region = (typeof regions)[number];

export function isPlace(text: string): text is Place {
  return (places as readonly string[]).includes(text);
}

export function isRegion(text: string): text is Region {
  return (regions as readonly string[]).includes(text);
}

/** The other data site. */
export function otherRegion(region: Region): Region {
  return region === "east" ? "west" : "east";
}
