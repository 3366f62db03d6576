export { type DatabaseTaskConfig, databaseTaskConfigSchema } from "./database-task-config.ts";
