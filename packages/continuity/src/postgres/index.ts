export { commandEnv } from "./command.ts";
export {
  readDataId,
  settingsDigest,
  standbyName,
  writeConfiguration,
  writeSynchronous,
  writeUpstream,
} from "./configuration.ts";
export { type ControlData, readControlData } from "./control-data.ts";
export { PostgresCopies, type RewindOutcome } from "./copies.ts";
export { layoutOf } from "./layout.ts";
export { LocalSql, type Sql } from "./local-sql.ts";
export {
  PostgresSql,
  type RecoveryState,
  type ReplicationState,
  type TermRow,
} from "./postgres-sql.ts";
export { PostgresServer, type StopMode } from "./server.ts";
