import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { ReactElement } from "react";
import { IntakeRoute } from "../adverse-events/index.ts";
import { DeskRoute } from "../calls/index.ts";
import { ErrorPage, GoTo, NotFoundPage } from "../feedback/index.ts";
import { CallbacksRoute } from "../follow-ups/index.ts";
import { SignInPage, usePerson } from "../identity/index.ts";
import { BoardRoute } from "../queue/index.ts";
import { StatusRoute } from "../status/index.ts";
import { SimulatorRoute } from "../telephony/index.ts";
import { PageGuard } from "./page-guard.tsx";
import { SignedInLayout } from "./signed-in-layout.tsx";

const rootRoute = createRootRoute({ component: Outlet });

interface SignInSearch {
  readonly returnTo?: string;
  readonly problem?: string;
  readonly reason?: "ended" | "signed-out";
}

interface CallbacksSearch {
  /** The task whose call is being prepared. */
  readonly task?: string;
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): SignInSearch => ({
    ...(typeof search.returnTo === "string" ? { returnTo: search.returnTo } : {}),
    ...(typeof search.problem === "string" && /^[A-Z_]{1,60}$/.test(search.problem)
      ? { problem: search.problem }
      : {}),
    ...(search.reason === "ended" || search.reason === "signed-out"
      ? { reason: search.reason }
      : {}),
  }),
  component: SignInPage,
});

const statusRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/status",
  component: StatusRoute,
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  component: SignedInLayout,
});

const startRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  component: StartPage,
});
const deskRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/desk",
  component: DeskRoute,
});
const intakeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/intake",
  component: IntakeRoute,
});
const callbacksRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/callbacks",
  validateSearch: (search): CallbacksSearch =>
    typeof search.task === "string" && /^[0-9a-f-]{36}$/.test(search.task)
      ? { task: search.task }
      : {},
  component: CallbacksRoute,
});
const boardRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/board",
  component: () => (
    <PageGuard page="board">
      <BoardRoute />
    </PageGuard>
  ),
});
const simulatorRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/simulator",
  component: () => (
    <PageGuard page="simulator">
      <SimulatorRoute />
    </PageGuard>
  ),
});
const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  statusRoute,
  signedInRoute.addChildren([
    startRoute,
    deskRoute,
    intakeRoute,
    callbacksRoute,
    boardRoute,
    simulatorRoute,
    settingsRoute,
  ]),
]);

/** Supervisors start at the board, everyone else at the desk. */
function StartPage(): ReactElement {
  return <GoTo page={usePerson().role === "agent" ? "/desk" : "/board"} />;
}

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
