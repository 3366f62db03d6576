import type { DataSite, Site } from "./records.ts";

/** Names of the records below the prefix `/careline/<system>/`. */
export const keys = {
  store: "store",
  term: "term",
  lease: "lease",
  sync: "sync",
  automation: "automation",
  ordered: "ordered",
  keeper: (site: DataSite): string => `keepers/${site}`,
  site: (site: Site): string => `sites/${site}`,
  run: (id: string): string => `runs/${id}`,
  drill: (scenario: string): string => `drills/${scenario}`,
  history: (term: number): string => `history/${term}`,
} as const;

/** The whole key in etcd. */
export function storeKey(system: string, key: string): string {
  return `/careline/${system}/${key}`;
}
