import { z } from "zod";

/** What `careline salvage` reads of the controllers' answers; more is passed through untouched. */
const rowNameSchema = z.looseObject({ table: z.string(), key: z.record(z.string(), z.string()) });

export const mergeRecordSchema = z.looseObject({
  id: z.string(),
  by: z.string(),
  at: z.string(),
  primary: z.string(),
  inserted: z.number(),
  replaced: z.number(),
  durability: z.string(),
});

const proofSchema = z.looseObject({
  name: z.string(),
  by: z.string(),
  digest: z.string(),
  deletedAt: z.string(),
});

export const salvageListSchema = z.looseObject({
  copies: z.array(
    z.looseObject({
      name: z.string(),
      site: z.string(),
      createdAt: z.string(),
      bytes: z.number(),
      transactions: z.number().nullable(),
      rows: z.number().nullable(),
      merges: z.array(mergeRecordSchema),
      discardAskedBy: z.string().nullable(),
    }),
  ),
  discarded: z.array(proofSchema),
});

export const tailReportSchema = z.looseObject({
  dataId: z.string(),
  transactions: z.number(),
  seconds: z.number().nullable(),
  rows: z.array(rowNameSchema),
  deleted: z.record(z.string(), z.number()),
  approved: z
    .array(
      z.looseObject({
        by: z.string(),
        seconds: z.number().nullable(),
        rows: z.number().nullable(),
      }),
    )
    .default([]),
  compared: z
    .looseObject({
      found: z.looseObject({ seconds: z.number(), rows: z.number() }),
      isWithinApproved: z.boolean().nullable(),
    })
    .optional(),
});
export type TailReport = z.infer<typeof tailReportSchema>;

export const mergePreviewSchema = z.looseObject({
  primary: z.string(),
  rows: z.array(rowNameSchema.extend({ state: z.string(), action: z.string() })),
  inserts: z.number(),
  replaces: z.number(),
  confirmation: z.string(),
});

export const discardAnswerSchema = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("discarded"), proof: proofSchema }),
  z.looseObject({ kind: z.literal("waiting"), by: z.string(), until: z.string() }),
]);
