import { lazyRouteComponent } from "@tanstack/react-router";

export const CallbacksRoute = lazyRouteComponent(
  () => import("./callbacks-page.tsx"),
  "CallbacksPage",
);
export { CallbackPanel } from "./callback-panel.tsx";
export { DueFollowUps } from "./due-follow-ups.tsx";
export { tasksQuery } from "./tasks.ts";
