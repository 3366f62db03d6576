import { z } from "zod";
import { everyRole, siteSchema } from "./roles.ts";
import { route } from "./route.ts";
import { instantSchema } from "./shapes.ts";
import { termSchema } from "./terms.ts";

const slice = "health";

/** State of the service as anybody may see it. No patient data, no figures of people. */
export const serviceStatusSchema = z.strictObject({
  site: siteSchema,
  writable: z.boolean(),
  /** Why no permit is held, or `serving`. */
  reason: z.string(),
  term: z.int().nullable(),
  primary: z.string().nullable(),
  /** False while `geo` commits do not wait for the other region. */
  protected: z.boolean(),
  unprotectedSince: instantSchema.nullable(),
  /** Seconds by which a read here may be behind; null while this region is the primary. */
  dataAgeSeconds: z.number().nullable(),
});

export const systemRoutes = {
  listTerms: route({
    method: "GET",
    path: "/terms",
    summary: "Each term with the LSN at which it began, oldest first.",
    slice,
    access: { kind: "public" },
    durability: "read",
    answer: z.strictObject({ terms: z.array(termSchema) }),
    audit: null,
    activity: false,
  }),
  readServiceStatus: route({
    method: "GET",
    path: "/api/service-status",
    summary: "Whether this region is writable, and how well what is written is protected.",
    slice,
    access: { kind: "public" },
    durability: "read",
    answer: serviceStatusSchema,
    audit: null,
    activity: false,
  }),
  watchEvents: route({
    method: "GET",
    path: "/api/events",
    summary:
      "Server-sent events: small changes with a sequence number, only what the person may see.",
    slice: "event-stream",
    access: { kind: "session", roles: everyRole },
    durability: "read",
    emergency: false,
    answer: null,
    answers: "events",
    status: 200,
    audit: null,
    activity: false,
  }),
} as const;
