export { type EtcdSetupConfig, etcdSetupConfigOf, etcdUsers } from "./etcd-config.ts";
