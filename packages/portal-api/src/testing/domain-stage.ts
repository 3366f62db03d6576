import {
  type Clock,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
} from "@careline/platform";
import {
  type AnswerOf,
  type InputOf,
  type Role,
  type RouteDefinition,
  statusOf,
} from "@careline/portal-contract";
import { type AuditEntry, auditRows, insertAuditRow } from "../audit/index.ts";
import { Database, type TransactionSettings, type Tx } from "../database/index.ts";
import { createFieldCipher, type FieldCipher, KeyRing, newKeysFile } from "../encryption/index.ts";
import type { OutgoingEvent } from "../event-stream/index.ts";
import type { PermitView } from "../permit/index.ts";
import { PortalError } from "../problems/index.ts";
import {
  type BackgroundWrites,
  createBackgroundWrites,
  type RegisteredHandler,
  type Session,
} from "../serving/index.ts";
import { createTestAuthority, type TestAuthority } from "./test-authority.ts";
import { startTestCluster, type TestCluster, type TestDatabase } from "./test-cluster.ts";

/** What a handler left behind. */
export interface StageAnswer<R extends RouteDefinition> {
  readonly status: number;
  readonly body: AnswerOf<R>;
  readonly version: number | undefined;
  readonly events: readonly OutgoingEvent[];
  readonly audits: readonly AuditEntry[];
}

export interface StageRequest {
  readonly params?: object;
  readonly query?: object;
  readonly body?: unknown;
  readonly ifMatch?: number;
  readonly occurredAt?: Date;
  readonly signed?: { readonly rawBody: Uint8Array; readonly headers: ReadonlyMap<string, string> };
}

/** Time that a test moves; sleeping and deadlines stay real. */
export interface StageClock extends Clock {
  advance(ms: number): void;
}

/**
 * Runs handlers of the domains as a person or as the portal itself, on a real PostgreSQL with the application's role: parsing,
 * row-level security, transaction, audit rows and answer schema are the real ones; HTTP and sessions are left out.
 */
export class DomainStage {
  readonly cipher: FieldCipher;
  readonly background: BackgroundWrites;
  readonly database: Database;
  /** Everything that was published, oldest first. */
  readonly events: OutgoingEvent[] = [];
  /** What `ask` finds the route's handler in. */
  handlers: readonly RegisteredHandler[] = [];
  term = 1;
  readonly permit: PermitView;
  readonly clock: StageClock;
  readonly random: Random = systemRandom;
  readonly #testDatabase: TestDatabase;

  constructor(cluster: TestCluster, testDatabase: TestDatabase) {
    this.#testDatabase = testDatabase;
    let offsetMs = 0;
    this.clock = {
      ...systemClock,
      wallNow: () => new Date(systemClock.wallNow().getTime() + offsetMs),
      monotonicMs: () => systemClock.monotonicMs() + offsetMs,
      advance: (ms) => {
        offsetMs += ms;
      },
    };
    this.cipher = createFieldCipher(new KeyRing(newKeysFile(systemRandom) as never));
    const durability = {
      geo: true,
      generation: 1,
      unprotectedSince: null,
      acceptUnprotected: true,
    };
    this.permit = {
      current: () => ({ term: this.term, remainingMs: 60_000 }),
      durability,
      reason: "serving",
      primary: "east",
      onChange: () => () => undefined,
    };
    this.database = new Database(
      {
        host: "127.0.0.1",
        port: cluster.port,
        database: testDatabase.name,
        user: "careline_app",
        passwordFile: cluster.passwordFile,
        ca: cluster.ca,
        poolSize: 8,
        // Nothing here is about time-outs: six connections at once took over 2 s on a busy machine.
        poolWaitMs: 30_000,
        statementTimeoutMs: 30_000,
        connectTimeoutMs: 30_000,
      },
      systemClock,
    );
    this.background = createBackgroundWrites({
      site: "east",
      clock: this.clock,
      random: systemRandom,
      log: silentLogger(),
      database: this.database,
      permit: this.permit,
      events: { publish: (event) => void this.events.push(event) },
    });
  }

  /** What loops and services are built from. */
  get services() {
    const { clock, random, permit, background } = this;
    const events = { publish: (event: OutgoingEvent) => void this.events.push(event) };
    return { clock, random, log: silentLogger(), permit, background, events };
  }

  /** A client of the owner, for arranging and for looking behind the application's back. */
  get owner(): ReturnType<TestDatabase["connect"]> {
    this.#owner ??= this.#testDatabase.connect("careline_owner");
    return this.#owner;
  }
  #owner: ReturnType<TestDatabase["connect"]> | undefined;

  /** Begins the next term, as a failover does. */
  async nextTerm(): Promise<void> {
    this.term += 1;
    const admin = this.#testDatabase.connect("postgres");
    await admin`
      insert into continuity.terms values (${this.term}, gen_random_uuid(), 'east', ${this.term}, pg_current_wal_lsn(), now())`;
  }

  /** Asks a route as `session` (null: a machine that signed). Errors: the handler's PortalError, everything rolled back. */
  async ask<R extends RouteDefinition>(
    route: R,
    session: Session | null,
    request: StageRequest = {},
  ): Promise<StageAnswer<R>> {
    const handler = this.handlers.find((one) => one.route === route);
    if (handler === undefined) throw new Error(`nothing serves ${route.path}`);
    if (
      route.access.kind === "session" &&
      session !== null &&
      !route.access.roles.includes(session.role)
    ) {
      throw new PortalError("PERMISSION_DENIED", `not for the role ${session.role}`);
    }
    const now = this.clock.wallNow();
    const events: OutgoingEvent[] = [];
    const audits: AuditEntry[] = [];
    const input = {
      params: route.params?.parse(request.params),
      query: route.query?.parse(request.query ?? {}),
      body: route.body?.parse(request.body),
    } as InputOf<RouteDefinition>;
    const signal = new AbortController().signal;
    const answer = await this.database.withTransaction(
      this.#settings(session),
      async (transaction) => {
        const ctx = {
          tx: transaction.tx,
          now,
          site: "east",
          signal,
          session,
          requestId: systemRandom.uuid(),
          occurredAt: request.occurredAt ?? null,
          expectedVersion: request.ifMatch ?? null,
          emergency: null,
          signed: request.signed ?? null,
          audit: (entry: AuditEntry) => void audits.push(entry),
          publish: (event: OutgoingEvent) => void events.push(event),
          afterCommit: () => undefined,
        };
        const answered = await handler.run(ctx as never, input, undefined);
        const facts = {
          agentId: session?.agentId ?? null,
          sessionId: session?.sessionId ?? null,
          origin: session === null ? ("system" as const) : ("agent" as const),
          ipAddress: null,
          userAgent: null,
          now,
          site: "east" as const,
          requestId: ctx.requestId,
          statusCode: statusOf(route),
        };
        const rows = auditRows(route.audit ?? "none", audits, facts, systemRandom);
        await transaction.commit(rows.map((row) => insertAuditRow(transaction.tx, row)));
        return answered;
      },
      signal,
    );
    this.events.push(...events);
    const body = route.answer === null ? undefined : route.answer.parse(answer?.body);
    return {
      status: statusOf(route),
      body: body as AnswerOf<R>,
      version: answer?.version,
      events,
      audits,
    };
  }

  #settings(session: Session | null): TransactionSettings {
    return {
      agentId: session?.agentId ?? null,
      role: session?.role ?? "system",
      teamId: session?.teamId ?? null,
      programmeIds: session?.programmeIds ?? [],
      permissions: session?.permissions ?? [],
      sessionId: session?.sessionId ?? null,
      site: "east",
      term: this.term,
      synchronousCommit: "local",
      statementTimeoutMs: 30_000,
    };
  }

  /** The session of someone whom the demonstration data hold, e.g. `agent001`. */
  async sessionOf(login: string): Promise<Session> {
    const [row] = await this.owner<
      {
        agentId: string;
        role: Role;
        teamId: string | null;
        displayName: string;
        programmeIds: string[];
      }[]
    >`select a.agent_id as "agentId", a.role, a.team_id as "teamId", a.first_name || ' ' || a.last_name as "displayName",
             array(select programme_id from portal.agent_programmes p where p.agent_id = a.agent_id) as "programmeIds"
        from portal.agents a where a.azure_ad_object_id = ${`demo|${login}`}`;
    if (row === undefined) throw new Error(`nobody is called ${login}`);
    return { ...row, sessionId: systemRandom.uuid(), permissions: [] };
  }

  /**
   * A call of the demonstration's safety queue in `session`'s hands, connected unless `state` says otherwise, by the patient
   * unless nobody knows yet who is calling.
   */
  async placeCall(
    session: Session,
    over: {
      readonly state?: string;
      readonly phone?: string;
      readonly startedAt?: Date;
      readonly isCallerUnknown?: boolean;
    } = {},
  ): Promise<string> {
    const callId = systemRandom.uuid();
    const startedAt = over.startedAt ?? this.clock.wallNow();
    await this.owner`
      insert into portal.call_logs (call_id, call_type, state, provider, provider_call_id, agent_id, team_id, queue_id,
             programme_id, caller_phone_number, call_start_time, queued_at, connected_at)
      select ${callId}, 'inbound', ${over.state ?? "connected"}, 'simulator', ${callId}, ${session.agentId},
             ${session.teamId}, q.queue_id, q.programme_id, ${over.phone ?? "+15555550100"}, ${startedAt}, ${startedAt},
             ${startedAt} from portal.queues q where q.code = 'safety'`;
    await (over.isCallerUnknown === true
      ? this.owner`insert into portal.callers (call_id) values (${callId})`
      : this.owner`
          insert into portal.callers (call_id, relationship, authority) values (${callId}, 'self', '{"kind": "self"}')`);
    return callId;
  }

  /** Straight SQL with the application's credentials and `session`'s context: what a stolen password could do. */
  sqlAs<T>(session: Session | null, run: (tx: Tx) => Promise<T>): Promise<T> {
    const signal = new AbortController().signal;
    return this.database.withTransaction(
      this.#settings(session),
      async (transaction) => {
        const value = await run(transaction.tx);
        await transaction.commit();
        return value;
      },
      signal,
    );
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.#testDatabase.drop();
  }
}

export interface StageHouse {
  open(): Promise<DomainStage>;
  stop(): Promise<void>;
}

/** One cluster for a test file; each `open` is a database of its own. */
export async function startStageHouse(): Promise<StageHouse> {
  const authority: TestAuthority = createTestAuthority();
  const cluster = await startTestCluster(authority);
  return {
    open: async () => new DomainStage(cluster, await cluster.createDatabase()),
    async stop() {
      await cluster.stop();
      authority.remove();
    },
  };
}
