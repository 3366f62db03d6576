import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Layout, peerAddress, runProgram, type Site } from "../layout/index.ts";

/** The address under which the others reach the member of a site. */
export function peerUrl(layout: Layout, site: Site): string {
  return `https://${peerAddress(site)}:${layout.ports.direct(site, "etcd-peer")}`;
}

/**
 * Makes a member that does not run the only one of a new cluster, from its own database; what it was before is kept beside it as
 * `data-before`. Not by `--force-new-cluster`: after a kill that drops log entries which the database has applied already, and members
 * that are added later replay the shorter log. Seen in a drill: one renewal of the lease too many at the survivor, from then on
 * every compare-and-set had another outcome there. The new cluster has an id of its own, so members of the old one cannot join it.
 * Errors: PREPARE_FAILED.
 */
export async function restoreAlone(layout: Layout, site: Site, signal: AbortSignal): Promise<void> {
  const dir = layout.processDir(site, "etcd");
  const [data, restored, before] = ["data", "data-restored", "data-before"].map((name) =>
    join(dir, name),
  ) as [string, string, string];
  rmSync(restored, { recursive: true, force: true });
  const url = peerUrl(layout, site);
  await runProgram(
    "etcdctl",
    [
      ...["snapshot", "restore", join(data, "member", "snap", "db"), "--skip-hash-check=true"],
      ...[`--name=${site}`, `--initial-cluster=${site}=${url}`],
      ...[`--initial-advertise-peer-urls=${url}`, `--data-dir=${restored}`],
      `--initial-cluster-token=careline-${layout.settings.installation}-${site}-alone`,
    ],
    { owner: layout.owner, cwd: "/", env: { ETCDCTL_API: "3" } },
    signal,
  );
  rmSync(before, { recursive: true, force: true });
  if (existsSync(data)) renameSync(data, before);
  renameSync(restored, data);
}
