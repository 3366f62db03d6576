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
export { type CopiedRow, digestOf, type MergeRow, readCopiedRows } from "./copied-rows.ts";
export { directorySize, PostgresCopies, type RewindOutcome } from "./copies.ts";
export { type DirectoryNotes, readNotes, writeNotes } from "./directory-notes.ts";
export { type DivergedRow, type DivergedRows, listDivergedRows } from "./diverged-rows.ts";
export { forkFromUpstream, timelineOf } from "./fork.ts";
export { type RowName, rowText } from "./keyed-table.ts";
export { layoutOf } from "./layout.ts";
export { LocalSql, type Sql } from "./local-sql.ts";
export { type MergeCounts, type MergeOrder, mergeIdOf } from "./merge-audit.ts";
export {
  type ComparedRow,
  type MergeOutcome,
  MergeTarget,
  type RowState,
} from "./merge-target.ts";
export {
  PostgresSql,
  type RecoveryState,
  type ReplicationState,
  type TermRow,
} from "./postgres-sql.ts";
export { type DeletionProof, Quarantine, type QuarantinedCopy } from "./quarantine.ts";
export { PostgresServer, type StopMode } from "./server.ts";
export { findWalEnd } from "./wal-end.ts";
