import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { readSecret } from "@careline/platform";
import type { PostgresConfig } from "../config.ts";
import { layoutOf } from "./layout.ts";

/** Quoted for postgresql.conf. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function settings(config: PostgresConfig): Record<string, string> {
  const layout = layoutOf(config);
  return {
    data_directory: quoted(config.dataDir),
    hba_file: quoted(layout.hbaFile),
    ident_file: quoted(layout.identFile),
    listen_addresses: quoted(config.listen.host),
    port: String(config.listen.port),
    unix_socket_directories: quoted(config.socketDir),
    unix_socket_permissions: "0700",
    max_connections: String(config.maxConnections),
    // Kept for the keeper and the controller when the portal has used up the rest.
    superuser_reserved_connections: "6",
    shared_buffers: quoted(`${config.sharedBuffersMb}MB`),
    ssl: "on",
    ssl_min_protocol_version: quoted("TLSv1.3"),
    ssl_ca_file: quoted(config.serverTls.ca),
    ssl_cert_file: quoted(config.serverTls.cert),
    ssl_key_file: quoted(config.serverTls.key),
    password_encryption: quoted("scram-sha-256"),
    wal_level: quoted("replica"),
    wal_log_hints: "on",
    track_commit_timestamp: "on",
    full_page_writes: "on",
    hot_standby: "on",
    hot_standby_feedback: "on",
    max_wal_senders: "8",
    max_replication_slots: "8",
    wal_keep_size: quoted("128MB"),
    // A standby that is away for long must not fill the primary's disk: it is cloned instead.
    max_slot_wal_keep_size: quoted("1GB"),
    // 60 s by default: a cut link would keep sessions and slots occupied for a minute.
    wal_sender_timeout: quoted("2s"),
    wal_receiver_timeout: quoted("2s"),
    wal_receiver_status_interval: quoted("1s"),
    // 5 s by default, and it dominates the time to stream again after a link heals.
    wal_retrieve_retry_interval: quoted("500ms"),
    // A dead peer behind a half-open connection is noticed within 4 s.
    tcp_keepalives_idle: "2",
    tcp_keepalives_interval: "1",
    tcp_keepalives_count: "2",
    tcp_user_timeout: "4000",
    // The keeper is its parent and decides about restarts; a crashed backend restarts the server inside.
    restart_after_crash: "on",
    recovery_target_timeline: quoted("latest"),
    checkpoint_timeout: quoted("5min"),
    max_wal_size: quoted("1GB"),
    synchronous_commit: quoted("on"),
    log_line_prefix: quoted("%m [%p] "),
    log_min_messages: quoted("log"),
    // No statement text in the log: parameters may hold patient data.
    log_statement: quoted("none"),
    log_min_error_statement: quoted("panic"),
    log_min_duration_statement: "-1",
    log_parameter_max_length: "0",
    log_parameter_max_length_on_error: "0",
    log_error_verbosity: quoted("terse"),
    timezone: quoted("UTC"),
    lc_messages: quoted("C"),
  };
}

const HBA = `# method per line; everything else is refused
local   all          postgres                                peer map=continuity
hostssl careline     careline_owner        all               scram-sha-256
hostssl careline     careline_app          all               scram-sha-256
hostssl replication  careline_replication  all               scram-sha-256 clientcert=verify-full
hostssl postgres     careline_replication  all               scram-sha-256 clientcert=verify-full
`;

/** Settings that both regions must share; the digest of a site's heartbeat shows drift. */
export function settingsDigest(config: PostgresConfig): string {
  const own = new Set(
    "data_directory hba_file ident_file listen_addresses port unix_socket_directories ssl_ca_file ssl_cert_file ssl_key_file".split(
      " ",
    ),
  );
  const shared = Object.entries(settings(config)).filter(([name]) => !own.has(name));
  return createHash("sha256").update(JSON.stringify(shared)).digest("hex").slice(0, 16);
}

/** Replaces a file in one step, so that a server that reloads never reads half of it. */
export function replaceFile(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  writeFileSync(next, text, { mode });
  renameSync(next, path);
}

/** Writes everything but who replicates from whom; the server reads it at its next start or reload. */
export function writeConfiguration(config: PostgresConfig): void {
  const layout = layoutOf(config);
  mkdirSync(config.configDir, { recursive: true, mode: 0o700 });
  mkdirSync(config.socketDir, { recursive: true, mode: 0o700 });
  const lines = Object.entries(settings(config)).map(([name, value]) => `${name} = ${value}`);
  lines.push(`include_if_exists = ${quoted(layout.upstreamFile)}`);
  lines.push(`include_if_exists = ${quoted(layout.synchronousFile)}`);
  replaceFile(layout.configFile, `${lines.join("\n")}\n`);
  replaceFile(layout.hbaFile, HBA);
  replaceFile(layout.identFile, `continuity ${userInfo().username} postgres\n`);
  const { host, port } = config.upstream;
  const password = readSecret(config.replicationPasswordFile).replace(/[\\:]/g, "\\$&");
  replaceFile(layout.passFile, `${host}:${port}:*:careline_replication:${password}\n`);
}

/** libpq connection text of the replication role to the other region. */
export function upstreamConninfo(config: PostgresConfig, extra: Record<string, string>): string {
  const parts: Record<string, string> = {
    host: config.upstream.host,
    port: String(config.upstream.port),
    user: "careline_replication",
    passfile: layoutOf(config).passFile,
    sslmode: "verify-full",
    sslrootcert: config.replicationTls.ca,
    sslcert: config.replicationTls.cert,
    sslkey: config.replicationTls.key,
    ssl_min_protocol_version: "TLSv1.3",
    connect_timeout: "3",
    keepalives_idle: "2",
    keepalives_interval: "1",
    keepalives_count: "2",
    tcp_user_timeout: "4000",
    ...extra,
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, "\\$&")}'`)
    .join(" ");
}

/** The name under which a standby confirms: unique per data directory, so that an old copy never counts. */
export function standbyName(site: string, dataId: string): string {
  return `${site}_${dataId.replaceAll("-", "").slice(0, 12)}`;
}

/** Follow the other region through slot `slot`; null: receive nothing. */
export function writeUpstream(
  config: PostgresConfig,
  follow: { readonly slot: string; readonly name: string } | null,
): void {
  const text =
    follow === null
      ? "primary_conninfo = ''\n"
      : [
          `primary_conninfo = ${quoted(upstreamConninfo(config, { application_name: follow.name }))}`,
          `primary_slot_name = ${quoted(follow.slot)}`,
          "",
        ].join("\n");
  replaceFile(layoutOf(config).upstreamFile, text);
}

/** The standby whose confirmation a synchronous commit waits for; null: nobody's. */
export function writeSynchronous(config: PostgresConfig, name: string | null): void {
  const names = name === null ? "" : `FIRST 1 ("${name}")`;
  replaceFile(layoutOf(config).synchronousFile, `synchronous_standby_names = ${quoted(names)}\n`);
}

export function readDataId(config: PostgresConfig): string | null {
  const path = layoutOf(config).dataIdFile;
  return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}
