import { z } from "zod";

/** Settings of the domains; part of the portal's config file under `domains`. */
export const domainConfigSchema = z.strictObject({});
