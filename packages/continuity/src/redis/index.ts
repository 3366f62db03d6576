export { type RedisState, RegionRedis } from "./region-redis.ts";
