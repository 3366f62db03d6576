import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRandom } from "@careline/platform";
import postgres from "postgres";
import { migrate, readMigrations } from "../database/index.ts";
import { clusterRoles, continuitySchema } from "./continuity-schema.ts";
import type { TestAuthority } from "./test-authority.ts";
import {
  freePort,
  own,
  removeDirectory,
  runToEnd,
  type ServerProcess,
  serverDirectory,
  startServer,
} from "./unprivileged.ts";

const binaries = process.env.CARELINE_PG_BIN ?? "/usr/lib/postgresql/15/bin";
const password = "only-for-tests";

export type TestRole = "careline_owner" | "careline_app" | "postgres";

/** One database made from the migrated template, for one test. */
export interface TestDatabase {
  readonly name: string;
  /** A client connected as `role`; closed by `drop`. */
  connect(role: TestRole): postgres.Sql;
  drop(): Promise<void>;
}

/** A real PostgreSQL with TLS and scram for one test file, with a migrated template database. */
export interface TestCluster {
  readonly port: number;
  readonly ca: string;
  readonly directory: string;
  /** Password of every role, and a file that holds it. */
  readonly password: string;
  readonly passwordFile: string;
  readonly server: ServerProcess;
  createDatabase(): Promise<TestDatabase>;
  /** A client of any database, e.g. `careline_template`; the caller ends it. */
  connect(database: string, role: TestRole): postgres.Sql;
  /** A hot standby that streams from this server; stopped before it. */
  startStandby(): Promise<TestStandby>;
  /** Kills the server without warning (`kill -9`), or starts it again. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A copy that streams from its primary and answers reads. */
export interface TestStandby {
  readonly port: number;
  stop(): Promise<void>;
}

export interface TestClusterOptions {
  /** Number of the last migration of the template; default: all. */
  readonly upToMigration?: number;
}

const settings = (port: number, tls: { cert: string; key: string }): string => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
ssl = on
ssl_cert_file = '${tls.cert}'
ssl_key_file = '${tls.key}'
ssl_min_protocol_version = 'TLSv1.3'
password_encryption = 'scram-sha-256'
track_commit_timestamp = on
fsync = off
shared_buffers = 32MB
max_connections = 100
autovacuum = off
`;

/** Starts a cluster: about 1.3 s for initdb, start, roles and migrations on a 2-core machine. */
export async function startTestCluster(
  authority: TestAuthority,
  options: TestClusterOptions = {},
): Promise<TestCluster> {
  const directory = serverDirectory("pg");
  const data = join(directory, "data");
  runToEnd(
    join(binaries, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    directory,
  );
  const port = await freePort();
  appendFileSync(join(data, "postgresql.conf"), settings(port, authority.issue("postgres.test")));
  writeFileSync(
    join(data, "pg_hba.conf"),
    "hostssl all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\nhostssl replication all 127.0.0.1/32 trust\n",
  );
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, `${password}\n`);
  own(passwordFile);
  const start = async (): Promise<ServerProcess> =>
    startServer(join(binaries, "postgres"), ["-D", data], directory, /ready to accept connections/);
  let server = await start();
  const admin = (name: string, role: TestRole = "postgres"): postgres.Sql =>
    postgres({
      host: "127.0.0.1",
      port,
      database: name,
      user: role,
      password,
      ssl: { ca: readFileSync(authority.ca) },
      max: 3,
      onnotice: () => {},
    });
  try {
    await prepareTemplate(admin, options.upToMigration ?? Number.POSITIVE_INFINITY);
  } catch (thrown) {
    await server.stop("SIGKILL");
    throw thrown;
  }
  return {
    port,
    ca: authority.ca,
    directory,
    password,
    passwordFile,
    get server() {
      return server;
    },
    connect: admin,
    createDatabase: async () => createDatabase(admin),
    startStandby: () => startStandby(data, port),
    crash: async () => server.stop("SIGKILL"),
    async restart() {
      server = await start();
    },
    async stop() {
      await server.stop("SIGQUIT");
      removeDirectory(directory);
    },
  };
}

/** Clones the primary with pg_basebackup over TLS and starts the clone: about 1 s. */
async function startStandby(primaryData: string, primaryPort: number): Promise<TestStandby> {
  const directory = serverDirectory("pg-standby");
  const data = join(directory, "data");
  const from = ["-h", "127.0.0.1", "-p", String(primaryPort), "-U", "careline_replication"];
  runToEnd(
    join(binaries, "pg_basebackup"),
    [...from, "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync"],
    directory,
  );
  const port = await freePort();
  const settingsFile = join(data, "postgresql.conf");
  writeFileSync(
    settingsFile,
    `${readFileSync(join(primaryData, "postgresql.conf"), "utf8")}\nport = ${port}\nwal_retrieve_retry_interval = 500ms\n`,
  );
  const server = await startServer(
    join(binaries, "postgres"),
    ["-D", data],
    directory,
    /ready to accept read-only connections/,
  );
  return {
    port,
    async stop() {
      await server.stop("SIGQUIT");
      removeDirectory(directory);
    },
  };
}

type Connect = (name: string, role?: TestRole) => postgres.Sql;

async function prepareTemplate(connect: Connect, upToMigration: number): Promise<void> {
  const admin = connect("postgres");
  await admin.unsafe(clusterRoles(password));
  await admin.unsafe("create database careline_template owner careline_owner");
  await admin.end();
  const template = connect("careline_template");
  await template.unsafe(continuitySchema(systemRandom.uuid()));
  await template.end();
  const owner = connect("careline_template", "careline_owner");
  await migrate(
    owner,
    readMigrations().filter(({ number }) => number <= upToMigration),
  );
  await owner.end();
}

async function createDatabase(connect: Connect): Promise<TestDatabase> {
  const name = `careline_${systemRandom.uuid().replaceAll("-", "")}`;
  const admin = connect("postgres");
  await admin.unsafe(`create database ${name} template careline_template owner careline_owner`);
  // What migration 0001 does to the database itself is not copied with a template.
  await admin.unsafe(`alter database ${name} set search_path = portal`);
  await admin.unsafe(`revoke temporary on database ${name} from public`);
  const clients: postgres.Sql[] = [];
  return {
    name,
    connect(role) {
      const client = connect(name, role);
      clients.push(client);
      return client;
    },
    async drop() {
      await Promise.all(clients.map(async (client) => client.end({ timeout: 1 })));
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
