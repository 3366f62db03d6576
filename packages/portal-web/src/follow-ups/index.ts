import { lazyRouteComponent } from "@tanstack/react-router";

export const CallbacksRoute = lazyRouteComponent(
  () => import("./callbacks-page.tsx"),
  "CallbacksPage",
);
