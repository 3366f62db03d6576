import { lazyRouteComponent } from "@tanstack/react-router";

export { IntakePanel } from "./intake-panel.tsx";
export const IntakeRoute = lazyRouteComponent(() => import("./intake-page.tsx"), "IntakePage");
