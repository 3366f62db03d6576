import { z } from "zod";

/** The parts of etcd's JSON gateway (3.4) that this product uses. 64-bit numbers travel as strings; zero and false are left out. */

const count = z.coerce.number().int().nonnegative();

export const headerSchema = z.object({ revision: count.default(0) });

const pairSchema = z.object({
  key: z.string(),
  value: z.string().default(""),
  mod_revision: count.default(0),
  version: count.default(0),
});
export type WirePair = z.infer<typeof pairSchema>;

export const rangeSchema = z.object({ kvs: z.array(pairSchema).default([]) });

export const txnSchema = z.object({
  header: headerSchema,
  succeeded: z.boolean().default(false),
  responses: z.array(z.object({ response_range: rangeSchema.optional() })).default([]),
});

/** Every answer of a member says for which cluster it speaks. */
const clusterSchema = z.object({ header: z.object({ cluster_id: z.string() }) });

export function clusterOf(body: unknown): string | null {
  const parsed = clusterSchema.safeParse(body);
  return parsed.success ? parsed.data.header.cluster_id : null;
}

export const watchLineSchema = z.object({
  result: z
    .object({
      header: headerSchema,
      created: z.boolean().default(false),
      canceled: z.boolean().default(false),
      compact_revision: count.optional(),
      cancel_reason: z.string().optional(),
      events: z
        .array(z.object({ type: z.enum(["PUT", "DELETE"]).default("PUT"), kv: pairSchema }))
        .default([]),
    })
    .optional(),
  error: z.object({ message: z.string().default("") }).optional(),
});

export const authenticateSchema = z.object({ token: z.string().min(1) });
export const leaseGrantSchema = z.object({ ID: z.string() });
export const keepAliveSchema = z.object({ result: z.object({ TTL: count.default(0) }) });
export const memberStatusSchema = z.object({
  header: z.object({ member_id: z.string() }),
  leader: z.string().default("0"),
});
export const memberListSchema = z.object({
  members: z.array(z.object({ ID: z.string(), name: z.string().default("") })).default([]),
});

export function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

export function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

/** The first key after all keys that begin with `prefix`. */
export function endOfPrefix(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}
