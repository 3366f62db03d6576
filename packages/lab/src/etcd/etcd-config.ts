import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";
import { type Layout, type Site, sites } from "../layout/index.ts";

/** Users of the quorum store, one per process that uses it. */
export const etcdUsers: readonly { readonly name: string; readonly site: Site }[] = [
  { name: "keeper.east", site: "east" },
  { name: "keeper.west", site: "west" },
  { name: "controller.east", site: "east" },
  { name: "controller.west", site: "west" },
  { name: "controller.witness", site: "witness" },
];

export const etcdSetupConfigSchema = z.strictObject({
  members: z.array(z.strictObject({ name: z.string(), url: z.url() })),
  tls: tlsFilesSchema,
  rootPasswordFile: z.string(),
  /** All keys of the system lie under `/careline/<system>/`. */
  system: z.string(),
  users: z.array(z.strictObject({ name: z.string(), passwordFile: z.string() })),
  clusterStateFile: z.string(),
});
export type EtcdSetupConfig = z.infer<typeof etcdSetupConfigSchema>;

export const etcdMemberConfigSchema = etcdSetupConfigSchema.extend({
  member: z.strictObject({ name: z.string(), peerUrl: z.url(), dataDir: z.string() }),
  /** `<name>=<peer URL>,…`: what a member without data is told about its cluster. */
  initialClusterFile: z.string(),
});
export type EtcdMemberConfig = z.infer<typeof etcdMemberConfigSchema>;

/** What the two etcd tasks need, as seen from `from`. */
export function etcdSetupConfigOf(layout: Layout, from: Site = "witness"): EtcdSetupConfig {
  return {
    // The own one first: the others are a round trip of the WAN away.
    members: [from, ...sites.filter((site) => site !== from)].map((site) => ({
      name: site,
      url: `https://127.0.0.1:${layout.ports.reach(from, site, "etcd")}`,
    })),
    tls: layout.tls("store-client", from),
    rootPasswordFile: layout.secretFile("etcd-root-password"),
    system: "portal",
    users: etcdUsers.map(({ name }) => ({
      name,
      passwordFile: layout.secretFile(`etcd-${name}-password`),
    })),
    clusterStateFile: layout.clusterStateFile,
  };
}
