export { commandEnv } from "./command.ts";
export {
  readDataId,
  replaceFile,
  settingsDigest,
  standbyName,
  writeConfiguration,
  writeSynchronous,
  writeUpstream,
} from "./configuration.ts";
export { type ControlData, readControlData } from "./control-data.ts";
export { directorySize, PostgresCopies, type RewindOutcome } from "./copies.ts";
export { type DirectoryNotes, readNotes, writeNotes } from "./directory-notes.ts";
export { type DivergedRow, type DivergedRows, listDivergedRows } from "./diverged-rows.ts";
export { layoutOf } from "./layout.ts";
export { LocalSql, type Sql } from "./local-sql.ts";
export {
  PostgresSql,
  type RecoveryState,
  type ReplicationState,
  type TermRow,
} from "./postgres-sql.ts";
export { type DeletionProof, Quarantine, type QuarantinedCopy } from "./quarantine.ts";
export { PostgresServer, type StopMode } from "./server.ts";
export { findWalEnd } from "./wal-end.ts";
