export type { SiteRole, SiteStatus, Status } from "./status.ts";
