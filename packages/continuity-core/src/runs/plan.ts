import { z } from "zod";
import { stepDefinitionSchema } from "./run-record.ts";

/** A plan of a protected system (`plans/*.yaml`): what is allowed to be lost, and the steps of each of its procedures. */
export const planSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1),
  system: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Goals, for reports and readiness. */
  rtoMs: z.number().int().positive(),
  rpoMs: z.number().int().nonnegative(),
  acceptUnprotected: z.boolean().default(true),
  procedures: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/),
    z
      .array(
        stepDefinitionSchema.extend({
          budgetMs: stepDefinitionSchema.shape.budgetMs.default(30_000),
          attemptsMax: stepDefinitionSchema.shape.attemptsMax.default(3),
          undo: stepDefinitionSchema.shape.undo.default(null),
          approvals: stepDefinitionSchema.shape.approvals.default([]),
          gracefulOnly: z.boolean().default(false),
          destructive: z.boolean().default(false),
          skippable: z.boolean().default(false),
        }),
      )
      .min(1)
      .max(40)
      .refine((steps) => new Set(steps.map((step) => step.name)).size === steps.length, {
        message: "two steps of one procedure have the same name",
      }),
  ),
});
export type Plan = z.infer<typeof planSchema>;
