export {
  type EtcdSetupConfig,
  etcdSetupConfigOf,
  etcdUsers,
  flagsOnceFile,
} from "./etcd-config.ts";
export { callGateway } from "./gateway.ts";
export { mustSucceed, openRootSession } from "./root-session.ts";
