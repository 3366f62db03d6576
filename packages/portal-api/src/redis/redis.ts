/**
 * The region's Redis as slices use it. Every command answers within its limit or gives `null` and counts a failure: Redis is
 * never the only copy, so a caller goes on with PostgreSQL or with a safe default. Keys are prefixed per slice by the caller.
 */
export interface Redis {
  get(key: string): Promise<string | null>;
  /** False when Redis is away. */
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(...keys: readonly string[]): Promise<boolean>;
  /** Any command, e.g. `["ZADD", "queue:…", "1", "…"]`; null when Redis is away or answers an error. */
  command(parts: readonly string[]): Promise<unknown>;
  /** Whether the last command was answered. */
  readonly isReachable: boolean;
}

/** A subscription; `close` ends it. */
export interface RedisChannel {
  close(): void;
}
