export type { Redis, RedisChannel } from "./redis.ts";
export { RedisClient } from "./redis-client.ts";
