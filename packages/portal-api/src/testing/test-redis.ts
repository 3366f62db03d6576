import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient, type RedisClientType } from "redis";
import type { TestAuthority } from "./test-authority.ts";
import { freePort, own, removeDirectory, serverDirectory, startServer } from "./unprivileged.ts";

/** A real Redis with TLS only and a password, for one test file. */
export interface TestRedis {
  readonly port: number;
  readonly ca: string;
  readonly passwordFile: string;
  /** Stops answering without closing connections (SIGSTOP), and goes on. */
  pause(): void;
  resume(): void;
  /** Forgets everything, as a Redis that was lost and started anew. */
  empty(): Promise<void>;
  /** Every key with its value, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestRedis(authority: TestAuthority): Promise<TestRedis> {
  const directory = serverDirectory("redis");
  const port = await freePort();
  const tls = authority.issue("redis.test");
  const password = "only-for-tests";
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, `${password}\n`);
  const config = join(directory, "redis.conf");
  writeFileSync(
    config,
    [
      "port 0",
      `tls-port ${port}`,
      "bind 127.0.0.1",
      `tls-cert-file ${tls.cert}`,
      `tls-key-file ${tls.key}`,
      `tls-ca-cert-file ${tls.ca}`,
      "tls-auth-clients no",
      `requirepass ${password}`,
      'save ""',
      `dir ${directory}`,
    ].join("\n"),
  );
  own(config);
  const server = await startServer(
    "redis-server",
    [config],
    directory,
    /Ready to accept connections/,
  );
  const ask = async <T>(question: (client: RedisClientType) => Promise<T>): Promise<T> => {
    const socket = { host: "127.0.0.1", port, tls: true as const, ca: readFileSync(authority.ca) };
    const client: RedisClientType = createClient({ socket, password });
    client.on("error", () => {});
    await client.connect();
    try {
      return await question(client);
    } finally {
      client.destroy();
    }
  };
  return {
    port,
    ca: authority.ca,
    passwordFile,
    pause: () => void server.child.kill("SIGSTOP"),
    resume: () => void server.child.kill("SIGCONT"),
    empty: async () => void (await ask((client) => client.flushAll())),
    dump: () =>
      ask(async (client) => {
        const keys = await client.keys("*");
        const values = await Promise.all(
          keys.map(async (key) => `${key}=${await client.get(key).catch(() => "")}`),
        );
        return values.join("\n");
      }),
    async stop() {
      server.child.kill("SIGCONT");
      await server.stop("SIGKILL");
      removeDirectory(directory);
    },
  };
}
