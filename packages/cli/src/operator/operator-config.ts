import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

/** How an operator reaches the controllers, and who they are. In the lab `careline up` writes one per operator. */
export const operatorConfigSchema = z.strictObject({
  /** In order of preference; any one that answers will do. */
  controllers: z.array(z.strictObject({ site: z.string(), url: z.url() })).min(1),
  /** Client certificate `operator.<name>`; its organisational unit is the role. */
  tls: tlsFilesSchema,
});
export type OperatorConfig = z.infer<typeof operatorConfigSchema>;

/**
 * The operator's file: `CARELINE_OPERATOR` where set (outside the lab), else the lab's file for
 * that name. Errors: NEVER_STARTED, BAD_ARGUMENT.
 */
export function readOperatorConfig(
  rootDir: string,
  stateDir: string | undefined,
  name: string,
): OperatorConfig {
  const state = stateDir ?? join(rootDir, ".careline", "state");
  const file = process.env.CARELINE_OPERATOR ?? join(state, "config", `operator.${name}.json`);
  if (!existsSync(file)) {
    throw existsSync(join(state, "config"))
      ? new CliError("BAD_ARGUMENT", `there is no operator ${name} here (${file})`)
      : new CliError("NEVER_STARTED", "no lab was ever started in this clone");
  }
  return operatorConfigSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
