export type { EtcdMember, EtcdOptions } from "./etcd-channel.ts";
export { endOfPrefix, toBase64 } from "./etcd-wire.ts";
export { openStore } from "./open-store.ts";
export { QuorumRecords } from "./quorum-records.ts";
export {
  parseRecord,
  QuorumStore,
  type QuorumStoreOptions,
  type Snapshot,
  StoreChannel,
  type StoreCheck,
  type StoredRecord,
  type StoreWrite,
  type TxnOutcome,
} from "./quorum-store.ts";
export type { StoreEvent } from "./watch.ts";
