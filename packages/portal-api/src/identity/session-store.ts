import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "@careline/platform";
import type { Database, Tx } from "../database/index.ts";
import { PortalError } from "../problems/index.ts";
import type { Redis } from "../redis/index.ts";
import type { KnownSession, SessionReader } from "../serving/index.ts";
import { hashToken, readCookie, sessionCookieName } from "./session-cookie.ts";
import {
  type SessionRecord,
  sessionOf,
  sessionRecordSchema,
  sessionState,
} from "./session-record.ts";

/** A cached session is asked for again after this: a leaver's session ends within 60 s (portal.md, "Roles and authority"). */
const cacheMs = 30_000;
/** PostgreSQL hears of activity this often; after a failover without Redis a session looks at most this much older. */
const keepActivityMs = 30_000;
const tellCacheMs = 5_000;
/** How long the cache remembers activity: longer than any lock delay. */
const activityCacheMs = 3_600_000;
/** Most sessions whose latest notes are remembered in this process. */
const rememberedMax = 10_000;

export interface SessionStoreDeps {
  readonly database: Database;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly lockAfterMs: number;
}

interface Remembered {
  keptAtMs: number;
  toldAtMs: number;
}

/** Sessions: rows in PostgreSQL, cached in Redis under the hash of the cookie (HCC-RED-06). Redis may be away or empty at any time. */
export class SessionStore implements SessionReader {
  readonly #deps: SessionStoreDeps;
  #remembered = new Map<string, Remembered>();

  constructor(deps: SessionStoreDeps) {
    this.#deps = deps;
  }

  async find(
    headers: IncomingHttpHeaders,
    now: Date,
    isEmergency: boolean,
    signal: AbortSignal,
  ): Promise<KnownSession> {
    const token = readCookie(headers, sessionCookieName);
    if (token === null || token === "")
      throw new PortalError("SESSION_REQUIRED", "no session cookie");
    const hash = hashToken(token);
    const cached = isEmergency ? null : await this.#fromCache(hash);
    const record = cached?.record ?? (await this.#fromDatabase(hash, isEmergency, signal));
    if (record === null) throw new PortalError("SESSION_REQUIRED", "no such session");
    const state = sessionState(record, cached?.activityAt ?? null, now, this.#deps.lockAfterMs);
    const isActivityDue =
      state === "active" && this.#isDue(record.session_id, "keptAtMs", keepActivityMs);
    return { session: sessionOf(record), state, isActivityDue, cacheKey: hash.toString("hex") };
  }

  noteActivity(known: KnownSession, now: Date): void {
    const { sessionId } = known.session;
    if (known.state !== "active" || !this.#isDue(sessionId, "toldAtMs", tellCacheMs)) return;
    this.#remember(sessionId).toldAtMs = this.#deps.clock.monotonicMs();
    void this.#deps.redis.set(activityKey(known.cacheKey), String(now.getTime()), activityCacheMs);
  }

  keepActivity(tx: Tx, known: KnownSession, now: Date): PromiseLike<unknown> {
    const { sessionId } = known.session;
    this.#remember(sessionId).keptAtMs = this.#deps.clock.monotonicMs();
    return keepActivityRow(tx, sessionId, now);
  }

  /**
   * Makes the cache forget a session whose row was changed: the mark outlives any answer that was read before the change, because a
   * fill never overwrites it. Without Redis there is nothing to forget.
   */
  async forget(cacheKey: string): Promise<void> {
    await this.#deps.redis.set(sessionKey(cacheKey), "changed", cacheMs);
    await this.#deps.redis.delete(activityKey(cacheKey));
  }

  async #fromCache(
    hash: Buffer,
  ): Promise<{ record: SessionRecord | null; activityAt: Date | null }> {
    const key = hash.toString("hex");
    const answer = await this.#deps.redis.command(["MGET", sessionKey(key), activityKey(key)]);
    const [text, activity] = Array.isArray(answer) ? (answer as unknown[]) : [];
    const activityAt =
      typeof activity === "string" && /^\d+$/.test(activity) ? new Date(Number(activity)) : null;
    if (typeof text !== "string" || !text.startsWith("{")) return { record: null, activityAt };
    const parsed = sessionRecordSchema.safeParse(JSON.parse(text));
    return { record: parsed.success ? parsed.data : null, activityAt };
  }

  async #fromDatabase(
    hash: Buffer,
    isEmergency: boolean,
    signal: AbortSignal,
  ): Promise<SessionRecord | null> {
    const record = await this.#deps.database.withConnection(
      async (connection) => selectSession(connection.sql, hash),
      signal,
    );
    if (record !== null && !isEmergency) {
      const parts = [
        "SET",
        sessionKey(hash.toString("hex")),
        JSON.stringify(record),
        "PX",
        String(cacheMs),
        "NX",
      ];
      void this.#deps.redis.command(parts);
    }
    return record;
  }

  #isDue(sessionId: string, what: keyof Remembered, afterMs: number): boolean {
    const lastMs = this.#remembered.get(sessionId)?.[what] ?? Number.NEGATIVE_INFINITY;
    return this.#deps.clock.monotonicMs() - lastMs >= afterMs;
  }

  #remember(sessionId: string): Remembered {
    const known = this.#remembered.get(sessionId);
    if (known !== undefined) return known;
    if (this.#remembered.size >= rememberedMax) this.#remembered = new Map();
    const fresh = { keptAtMs: Number.NEGATIVE_INFINITY, toldAtMs: Number.NEGATIVE_INFINITY };
    this.#remembered.set(sessionId, fresh);
    return fresh;
  }
}

const sessionKey = (cacheKey: string): string => `session:${cacheKey}`;
const activityKey = (cacheKey: string): string => `session-activity:${cacheKey}`;

async function selectSession(sql: Tx, hash: Buffer): Promise<SessionRecord | null> {
  const [row] = await sql`
    select s.session_id, s.agent_id, s.role, s.permissions, s.team_id, portal.programmes_of_agent(s.agent_id) as programme_ids,
           s.first_name, s.last_name, s.status, s.expires_at, s.locked_at, s.ended_at, s.last_activity_at
      from portal.session_of_token(${hash}) s`;
  return row === undefined ? null : sessionRecordSchema.parse(row);
}

/** Sends the statement; the newest instant wins, whichever comes last. */
export function keepActivityRow(tx: Tx, sessionId: string, at: Date): PromiseLike<unknown> {
  return tx`insert into portal.session_activity (session_id, last_activity_at) values (${sessionId}, ${at})
            on conflict (session_id) do update
            set last_activity_at = greatest(session_activity.last_activity_at, excluded.last_activity_at)`.execute();
}
