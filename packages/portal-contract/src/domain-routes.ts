import { adverseEventsRoutes } from "./adverse-events/index.ts";
import { agentsRoutes } from "./agents/index.ts";
import { boardRoutes } from "./board/index.ts";
import { callsRoutes, noteRoutes, taskRoutes } from "./calls/index.ts";
import { demoRoutes } from "./demo/index.ts";
import { patientsRoutes } from "./patients/index.ts";
import { programmesRoutes } from "./programmes/index.ts";
import { queueRoutes } from "./queue/index.ts";
import { telephonyRoutes } from "./telephony/index.ts";

/** Routes of the domains, each slice's table spread here; part of the one table in routes.ts. */
export const domainRoutes = {
  ...agentsRoutes,
  ...programmesRoutes,
  ...callsRoutes,
  ...noteRoutes,
  ...taskRoutes,
  ...queueRoutes,
  ...telephonyRoutes,
  ...patientsRoutes,
  ...adverseEventsRoutes,
  ...boardRoutes,
  ...demoRoutes,
} as const;
