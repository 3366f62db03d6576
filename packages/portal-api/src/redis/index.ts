export type { Redis } from "./redis.ts";
