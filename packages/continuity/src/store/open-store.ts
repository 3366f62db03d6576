import { type Clock, readSecret, readTlsFiles } from "@careline/platform";
import type { StoreConfig } from "../config.ts";
import { QuorumStore } from "./quorum-store.ts";

/** The store of a system as a daemon's configuration describes it. */
export function openStore(
  config: StoreConfig,
  system: string,
  requestTimeoutMs: number,
  clock: Clock,
): QuorumStore {
  return new QuorumStore({
    system,
    members: config.members,
    tls: readTlsFiles(config.tls),
    user: config.user,
    password: readSecret(config.passwordFile),
    requestTimeoutMs,
    clock,
  });
}
