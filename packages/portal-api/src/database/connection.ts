import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Clock } from "@careline/platform";
import postgres from "postgres";
import { PortalError } from "../problems/index.ts";
import { arrayTypes } from "./array-types.ts";
import type { Tx } from "./tx.ts";

/** How to reach one PostgreSQL, with secrets already read. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  /** Name in the server's certificate. */
  readonly serverName: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ca: Buffer;
  readonly connectTimeoutMs: number;
}

/** Work on a connection that is over must have ended by then. */
const overGraceMs = 1_000;
/** After a cancel the server has this long to answer before the socket is destroyed. */
const cancelGraceMs = 500;

/**
 * One connection to PostgreSQL with its own life: what the client library lacks is added here (notices per connection, cancel with
 * a limit, destroying a half-open socket). When it is over it stays over; the pool opens another.
 */
export class Connection {
  readonly sql: Tx;
  readonly #client: postgres.Sql;
  readonly #target: ConnectionTarget;
  readonly #clock: Clock;
  #socket: Socket | null = null;
  #backend: { readonly pid: number; readonly secret: number } | null = null;
  #notices: string[] = [];
  #isOver = false;
  #isCommitting = false;
  #isEnding = false;
  /** Rejects a while after the connection was over, for work that the library does not settle. */
  readonly #over = Promise.withResolvers<never>();

  private constructor(target: ConnectionTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.#over.promise.catch(() => {});
    this.#client = postgres({
      host: target.host,
      port: target.port,
      database: target.database,
      user: target.user,
      password: target.password,
      // TLS is made in #openSocket, so that `destroy` ends the TLS socket itself: ending the TCP socket under it
      // leaves writes of the library behind whose EBADF nobody hears, and that ends the process.
      ssl: false,
      max: 1,
      fetch_types: false,
      types: arrayTypes(),
      max_lifetime: null,
      idle_timeout: 0,
      connect_timeout: Math.ceil(target.connectTimeoutMs / 1_000),
      keep_alive: 10,
      connection: {
        search_path: "portal",
        application_name: "careline-portal",
        // Every read carries its policies: planning a call anew took 2.8 ms, executing it 0.3 ms.
        plan_cache_mode: "force_generic_plan",
      },
      onnotice: (notice) => {
        this.#notices.push(notice.code ?? "");
      },
      onclose: () => this.#endLibrary(),
      socket: async () => this.#openSocket(),
    } as postgres.Options<Record<never, never>>);
    this.sql = this.#client;
  }

  /** Errors: DATABASE_UNAVAILABLE. An abort or time-out leaves no socket behind. */
  static async open(
    target: ConnectionTarget,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<Connection> {
    const connection = new Connection(target, clock);
    const limit = AbortSignal.any([signal, clock.deadline(target.connectTimeoutMs)]);
    const onAbort = (): void => connection.destroy();
    limit.addEventListener("abort", onAbort, { once: true });
    try {
      limit.throwIfAborted();
      const hello = await connection.#client`select 1`;
      const { pid, secret } = hello.state as unknown as { pid: number; secret: number };
      connection.#backend = { pid, secret };
      limit.throwIfAborted();
      return connection;
    } catch (cause) {
      connection.destroy();
      throw new PortalError("DATABASE_UNAVAILABLE", "cannot connect to the database", { cause });
    } finally {
      limit.removeEventListener("abort", onAbort);
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** SQLSTATEs of the notices and warnings since the last call. */
  takeNotices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  /** Ends the socket at once. What was under way at the server may still happen. */
  destroy(): void {
    this.#socket?.destroy();
    this.#endLibrary();
  }

  /**
   * Makes the library reject what it still holds and whatever comes: by itself it would try to connect again for the first statement and
   * keep the others waiting for ever. Called only when the socket is gone, so that it has nothing to write to.
   */
  #endLibrary(): void {
    this.#isOver = true;
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#client.end({ timeout: 0 }).catch(() => {});
    const error = new PortalError("CONNECTION_LOST", "this database connection is over");
    this.#clock.after(overGraceMs, () => this.#over.reject(error));
  }

  /**
   * Marks the time of a COMMIT, which nothing may cancel: a cancelled wait for the standby has committed here alone.
   * The server's statement_timeout bounds it; a server silent for `limitMs` loses the socket. Call the answer when COMMIT was answered.
   */
  beginCommit(limitMs: number): () => void {
    this.#isCommitting = true;
    const stopTimer = this.#clock.after(limitMs, () => this.destroy());
    return () => {
      this.#isCommitting = false;
      stopTimer();
    };
  }

  /** Says goodbye to the server. */
  async close(): Promise<void> {
    const isDead = this.#isOver || this.#socket?.destroyed !== false;
    this.#isOver = true;
    if (isDead) this.destroy();
    else await this.#client.end({ timeout: 1 });
  }

  /**
   * Waits for `work`, which runs on this connection. On abort the running statement is cancelled at the server and the connection
   * given up, because a late cancel could hit what comes next; then `work`'s own rejection or the signal's reason is thrown.
   */
  async guard<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const onAbort = (): void => this.#cancel();
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    // Should the race be lost, its late rejection is nobody's business any more.
    work.catch(() => {});
    try {
      return await Promise.race([work, this.#over.promise]);
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #openSocket(): Promise<Socket> {
    if (this.#isOver || this.#socket !== null) {
      throw new PortalError("CONNECTION_LOST", "this database connection is over");
    }
    const socket = connectTcp({ host: this.#target.host, port: this.#target.port, noDelay: true });
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed while connecting")));
    });
    socket.removeAllListeners();
    await askForTls(socket);
    const secured = connectTls({ socket, ...tlsOptions(this.#target) });
    this.#socket = secured;
    await new Promise<void>((resolve, reject) => {
      secured.once("secureConnect", resolve);
      secured.once("error", reject);
      secured.once("close", () => reject(new Error("closed while TLS was made")));
    });
    secured.removeAllListeners();
    return secured;
  }

  #cancel(): void {
    if (this.#isOver || this.#isCommitting) return;
    this.#isOver = true;
    const backend = this.#backend;
    if (backend !== null) sendCancel(this.#target, backend);
    this.#clock.after(cancelGraceMs, () => {
      // The first one may have overtaken the statement; once more, so that the server does not work on for nobody.
      if (backend !== null && this.#socket?.destroyed === false) sendCancel(this.#target, backend);
      this.destroy();
    });
  }
}

/** PostgreSQL's SSLRequest: a message of its own, answered by one letter. */
function askForTls(socket: Socket): Promise<void> {
  const message = Buffer.alloc(8);
  message.writeInt32BE(8, 0);
  message.writeInt32BE(80_877_103, 4);
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error("closed while asking for TLS"));
    socket.once("error", reject).once("close", onClose);
    socket.once("data", (answer) => {
      socket.removeAllListeners();
      if (answer.length === 1 && answer[0] === 0x53) resolve();
      else reject(new Error("the server does not offer TLS"));
    });
    socket.write(message);
  });
}

/** The name to verify goes into `host` when it is an address, because SNI takes names only (RFC 6066). */
function tlsOptions({ ca, serverName }: ConnectionTarget): ConnectionOptions {
  const name = isIP(serverName) === 0 ? { servername: serverName } : { host: serverName };
  return { ca, minVersion: "TLSv1.3", ...name };
}

/** PostgreSQL's CancelRequest: a message of its own on a new connection, taken before TLS and authentication. */
function sendCancel(target: ConnectionTarget, backend: { pid: number; secret: number }): void {
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(80_877_102, 4);
  message.writeUInt32BE(backend.pid, 8);
  message.writeUInt32BE(backend.secret, 12);
  const socket = connectTcp({ host: target.host, port: target.port });
  socket.setTimeout(cancelGraceMs, () => socket.destroy());
  // The connection that waits is destroyed after the grace in any case.
  socket.once("error", () => socket.destroy());
  socket.once("connect", () => socket.end(message));
}
