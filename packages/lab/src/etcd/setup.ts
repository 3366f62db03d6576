import { writeFileSync } from "node:fs";
import {
  configPathFrom,
  createLogger,
  readConfig,
  readSecret,
  runProcess,
  systemClock,
} from "@careline/platform";
import { type EtcdSetupConfig, etcdSetupConfigSchema } from "./etcd-config.ts";
import { mustSucceed, openRootSession, type RootSession } from "./root-session.ts";

/**
 * Makes the store's users and role and switches authentication on; run at each start of the lab,
 * it changes nothing when all is there. Ends when the cluster has a leader that commits.
 */
const log = createLogger({ process: "etcd-setup", site: "witness" });
const withinMs = 25_000;

await runProcess(log, async (signal) => {
  const config = readConfig(configPathFrom(process.argv), etcdSetupConfigSchema);
  const limited = AbortSignal.any([signal, systemClock.deadline(withinMs)]);
  const root = await openRootSession(config, systemClock, limited);
  if (!root.isAuthenticated) await makeUsers(root, config);
  const session = root.isAuthenticated ? root : await openRootSession(config, systemClock, limited);
  // A write proves that a majority commits and that the root user may do so.
  const key = Buffer.from(`/careline/${config.system}/setup`).toString("base64");
  mustSucceed(await session.call("/v3/kv/put", { key, value: "" }), "a first write");
  writeFileSync(config.clusterStateFile, "existing\n");
  log.info({ wasSetUp: root.isAuthenticated }, "the quorum store is ready");
});

async function makeUsers(root: RootSession, config: EtcdSetupConfig): Promise<void> {
  const role = `system-${config.system}`;
  const exists = "already exists";
  mustSucceed(
    await root.call("/v3/auth/user/add", {
      name: "root",
      password: readSecret(config.rootPasswordFile),
    }),
    "add root",
    exists,
  );
  mustSucceed(await root.call("/v3/auth/role/add", { name: "root" }), "add role root", exists);
  mustSucceed(await root.call("/v3/auth/user/grant", { user: "root", role: "root" }), "grant root");
  mustSucceed(await root.call("/v3/auth/role/add", { name: role }), "add role", exists);
  const prefix = `/careline/${config.system}/`;
  const permission = {
    permType: "READWRITE",
    key: Buffer.from(prefix).toString("base64"),
    // "0" follows "/" in ASCII: the range is everything that begins with the prefix.
    range_end: Buffer.from(`${prefix.slice(0, -1)}0`).toString("base64"),
  };
  mustSucceed(await root.call("/v3/auth/role/grant", { name: role, perm: permission }), "permit");
  for (const { name, passwordFile } of config.users) {
    const password = readSecret(passwordFile);
    mustSucceed(await root.call("/v3/auth/user/add", { name, password }), `add ${name}`, exists);
    mustSucceed(await root.call("/v3/auth/user/grant", { user: name, role }), `grant ${name}`);
  }
  mustSucceed(await root.call("/v3/auth/enable", {}), "enable authentication");
}
