export {
  type EtcdSetupConfig,
  etcdSetupConfigOf,
  etcdUsers,
} from "./etcd-config.ts";
export { callGateway } from "./gateway.ts";
export { peerUrl, restoreAlone } from "./restore-alone.ts";
export { mustSucceed, openRootSession } from "./root-session.ts";
