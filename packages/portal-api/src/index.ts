export {
  type MigrateConfig,
  migrateConfigSchema,
  type PortalConfig,
  portalConfigSchema,
} from "./config.ts";
export { newKeysFile } from "./encryption/index.ts";
