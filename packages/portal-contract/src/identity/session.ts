import { z } from "zod";
import { permissionSchema, roleSchema, siteSchema } from "../roles.ts";
import { instantSchema } from "../shapes.ts";

/** The signed-in person and their session, as the screens need it. */
export const sessionSchema = z.strictObject({
  sessionId: z.uuid(),
  agentId: z.uuid(),
  displayName: z.string(),
  email: z.string(),
  role: roleSchema,
  permissions: z.array(permissionSchema),
  team: z.strictObject({ teamId: z.uuid(), name: z.string() }).nullable(),
  state: z.enum(["active", "locked"]),
  signedInAt: instantSchema,
  /** Instant of the last counted activity, as the server knows it. */
  lastActivityAt: instantSchema,
  /** Milliseconds without activity until the warning and until the lock. */
  inactivity: z.strictObject({ warnAfterMs: z.int(), lockAfterMs: z.int() }),
  /** Region that answered. */
  site: siteSchema,
  /** Whether the installation offers demonstration pages. */
  demo: z.boolean(),
});
export type SessionView = z.infer<typeof sessionSchema>;
