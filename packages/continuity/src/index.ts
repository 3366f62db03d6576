export {
  type ControllerConfig,
  controllerConfigSchema,
  type KeeperConfig,
  keeperConfigSchema,
  type PostgresConfig,
  postgresConfigSchema,
  type RedisConfig,
  redisConfigSchema,
  type StoreConfig,
  storeConfigSchema,
} from "./config.ts";
export { CONTINUITY_ERRORS, ContinuityError, type ContinuityErrorCode } from "./errors.ts";
