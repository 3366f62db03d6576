import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  configPathFrom,
  createLogger,
  readConfig,
  runProcess,
  systemClock,
} from "@careline/platform";
import { z } from "zod";
import { etcdMemberConfigSchema } from "./etcd-config.ts";
import { mustSucceed, openRootSession } from "./root-session.ts";

/**
 * Runs before each start of an etcd member. A member that lost its data has forgotten what it
 * voted for and acknowledged: started again under its old identity it could help to elect a
 * leader that lacks committed entries. So the others first remove it and then add it as a new one.
 */
const log = createLogger({ process: "etcd-replace-member", site: "witness" });
const withinMs = 10_000;

const membersSchema = z.object({
  members: z.array(
    z.object({ ID: z.string(), name: z.string().optional(), peerURLs: z.array(z.string()) }),
  ),
});

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), etcdMemberConfigSchema);
  const { member } = config;
  const wasFormed = readFileSync(config.clusterStateFile, "utf8").trim() === "existing";
  if (!wasFormed || existsSync(join(member.dataDir, "member", "wal"))) return;
  const others = config.members.filter(({ name }) => name !== member.name);
  const limited = AbortSignal.any([signal, systemClock.deadline(withinMs)]);
  const root = await openRootSession({ ...config, members: others }, systemClock, limited);
  const list = membersSchema.parse(
    mustSucceed(await root.call("/v3/cluster/member/list", {}), "list"),
  );
  const old = list.members.find(({ peerURLs }) => peerURLs.includes(member.peerUrl));
  const isAddedAlready = old !== undefined && (old.name ?? "") === "";
  // After the loss of a majority there are fewer than all three: the new member must be told exactly those.
  const started = list.members.filter((each) => each !== old && (each.name ?? "") !== "");
  const cluster = started.map(({ name, peerURLs }) => `${name}=${peerURLs[0]}`);
  writeFileSync(
    config.initialClusterFile,
    [...cluster, `${member.name}=${member.peerUrl}`].join(","),
  );
  if (isAddedAlready) return;
  if (old !== undefined) {
    mustSucceed(await root.call("/v3/cluster/member/remove", { ID: old.ID }), "remove");
  }
  // Refused while another new member has not started: the supervisor tries again.
  mustSucceed(
    await root.call("/v3/cluster/member/add", { peerURLs: [member.peerUrl] }),
    "add as a new member",
  );
  log.warn({ member: member.name }, "the member had lost its data and was replaced by a new one");
});
