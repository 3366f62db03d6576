import { lazyRouteComponent } from "@tanstack/react-router";

export const SimulatorRoute = lazyRouteComponent(
  () => import("./simulator-page.tsx"),
  "SimulatorPage",
);
