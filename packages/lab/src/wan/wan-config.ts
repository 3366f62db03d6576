import { z } from "zod";
import { places } from "../layout/index.ts";

export const placeSchema = z.enum(places);

/** What one direction between two places is like. */
export const linkSettingsSchema = z.strictObject({
  /** Added to everything, one way. */
  latencyMs: z.number().min(0).max(60_000),
  /** Up to this much more, evenly spread. Order within a connection is kept, as TCP keeps it. */
  jitterMs: z.number().min(0).max(60_000),
  /** Kilobits per second of all connections of this direction together; null is unlimited. */
  bandwidthKbps: z.number().positive().nullable(),
});
export type LinkSettings = z.infer<typeof linkSettingsSchema>;

const pair = { from: placeSchema, to: placeSchema };

/** Configuration file of the WAN process. */
export const wanConfigSchema = z.strictObject({
  controlSocket: z.string(),
  links: z.array(z.strictObject({ ...pair, settings: linkSettingsSchema })),
  /** One listener per route. */
  routes: z.array(
    z.strictObject({
      ...pair,
      service: z.string(),
      listenPort: z.number().int(),
      targetPort: z.number().int(),
    }),
  ),
  /** HTTP CONNECT proxies: who uses one is known by its port, where to by the name asked for. */
  proxies: z.array(
    z.strictObject({
      from: placeSchema,
      listenPort: z.number().int(),
      targets: z.array(
        z.strictObject({ authority: z.string(), to: placeSchema, targetPort: z.number().int() }),
      ),
    }),
  ),
});
export type WanConfig = z.infer<typeof wanConfigSchema>;

/** What can be asked of a running WAN. `both` also changes the opposite direction. */
export const wanCommandSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("set"),
    ...pair,
    both: z.boolean(),
    settings: linkSettingsSchema.partial(),
  }),
  /** Nothing passes and nothing is said: no reset, no refusal. Bytes under way wait for the heal. */
  z.strictObject({ kind: z.literal("cut"), ...pair, both: z.boolean() }),
  z.strictObject({
    kind: z.literal("stall"),
    ...pair,
    both: z.boolean(),
    forMs: z.number().positive().max(3_600_000),
  }),
  z.strictObject({ kind: z.literal("heal"), ...pair, both: z.boolean() }),
  /** Ends cuts and stalls everywhere; latencies stay. */
  z.strictObject({ kind: z.literal("heal-all") }),
  /** Every connection of the pair dies at once with a TCP reset at both ends. */
  z.strictObject({ kind: z.literal("reset"), ...pair, both: z.literal(true) }),
]);
export type WanCommand = z.infer<typeof wanCommandSchema>;

export const linkStatusSchema = z.strictObject({
  ...pair,
  settings: linkSettingsSchema,
  isCut: z.boolean(),
  stalledForMs: z.number(),
  connections: z.number().int(),
  bytes: z.number().int(),
  /** How late deliveries were beyond what the settings ask for: the worst since the start. */
  latenessMaxMs: z.number(),
});
export type LinkStatus = z.infer<typeof linkStatusSchema>;

/** Answer to a command: when it had taken effect, by the wall clock of this machine. */
export const wanAnswerSchema = z.strictObject({
  effectiveAt: z.iso.datetime(),
  links: z.array(linkStatusSchema),
});
export type WanAnswer = z.infer<typeof wanAnswerSchema>;
