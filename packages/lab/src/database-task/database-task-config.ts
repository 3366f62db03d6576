import { z } from "zod";
import { regions } from "../layout/index.ts";

export const databaseTaskConfigSchema = z.strictObject({
  /** Path of the node binary. */
  node: z.string(),
  packagesDir: z.string(),
  regions: z.array(
    z.strictObject({
      region: z.enum(regions),
      host: z.string(),
      port: z.number().int(),
      portalConfig: z.string(),
      migrateConfig: z.string(),
    }),
  ),
  ca: z.string(),
  ownerPasswordFile: z.string(),
  seedArguments: z.array(z.string()),
});
export type DatabaseTaskConfig = z.infer<typeof databaseTaskConfigSchema>;
