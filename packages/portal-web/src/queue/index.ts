import { lazyRouteComponent } from "@tanstack/react-router";

export { receiveBoardDelta } from "./board.ts";
export const BoardRoute = lazyRouteComponent(() => import("./board-page.tsx"), "BoardPage");
