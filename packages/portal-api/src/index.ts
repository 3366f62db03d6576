export {
  type MigrateConfig,
  migrateConfigSchema,
  type PortalConfig,
  portalConfigSchema,
} from "./config.ts";
