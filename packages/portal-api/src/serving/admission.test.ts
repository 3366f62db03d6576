import type { RouteDefinition } from "@careline/portal-contract";
import { expect, it } from "vitest";
import { findCaller, isActivity, refuseUnauthorised } from "./admission.ts";
import type { Incoming } from "./exchange.ts";
import type { KnownSession, SessionReader } from "./session-reader.ts";

type Access = Extract<RouteDefinition["access"], { kind: "session" }>;

const signal = new AbortController().signal;
const routeWith = (
  access: Partial<Access> = {},
  changes: Partial<RouteDefinition> = {},
): RouteDefinition =>
  ({
    method: "POST",
    durability: "geo",
    access: { kind: "session", roles: ["agent", "supervisor"], ...access },
    ...changes,
  }) as RouteDefinition;
const open = { kind: "public" } as unknown as Partial<Access>;
const known = (role: string, permissions: readonly string[] = [], state = "active"): KnownSession =>
  ({ session: { role, permissions }, state }) as unknown as KnownSession;
const refusal = (route: RouteDefinition, caller: KnownSession): string | null => {
  try {
    refuseUnauthorised(route, caller);
    return null;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

it("lets in who has one of the roles and all of the permissions that a route names", () => {
  const route = routeWith({ permissions: ["signer", "auditor"] } as Partial<Access>);
  expect(refusal(route, known("agent", ["auditor", "signer"]))).toBeNull();
  expect(refusal(route, known("agent", ["signer"]))).toBe("PERMISSION_DENIED");
  expect(refusal(route, known("admin", ["signer", "auditor"]))).toBe("PERMISSION_DENIED");
  expect(refusal(routeWith(), known("supervisor"))).toBeNull();
  expect(refusal(routeWith(), known("admin"))).toBe("PERMISSION_DENIED");
});

it("asks nothing of who calls a route that is open", () => {
  expect(refusal(routeWith(open), known("nobody", [], "locked"))).toBeNull();
});

it("lets a locked session do only what is allowed while locked", () => {
  const locked = known("agent", [], "locked");
  expect(refusal(routeWith(), locked)).toBe("SESSION_LOCKED");
  expect(refusal(routeWith({ whileLocked: true }), locked)).toBeNull();
  expect(refusal(routeWith({ whileLocked: true }), known("admin", [], "locked"))).toBe(
    "PERMISSION_DENIED",
  );
});

it("takes a request for a sign of the person, unless the page or the route says otherwise", () => {
  const asked = (activity: string | undefined, changes: Partial<RouteDefinition> = {}) =>
    isActivity({
      route: routeWith({}, changes),
      headers: activity === undefined ? {} : { "careline-activity": activity },
    } as unknown as Incoming);
  expect([asked(undefined), asked("person"), asked("background")]).toEqual([true, true, false]);
  expect(asked(undefined, { activity: false } as Partial<RouteDefinition>)).toBe(false);
});

it("looks for the caller only where the route needs one, and for no page but ours where it changes something", async () => {
  const caller = known("agent");
  const sessions = { find: async () => caller } as unknown as SessionReader;
  const ours = { "careline-client": "portal-web/1", "sec-fetch-site": "same-origin" };
  const find = (route: RouteDefinition, headers: object) =>
    findCaller({ route, headers, signal } as unknown as Incoming, sessions, [], false).catch(
      (thrown: { code: string }) => thrown.code,
    );
  expect(await find(routeWith(open), {})).toBeNull();
  expect(await find(routeWith(), ours)).toBe(caller);
  expect(await find(routeWith(), {})).toBe("CSRF_REFUSED");
  expect(await find(routeWith({}, { durability: "read" }), {})).toBe("CSRF_REFUSED");
  const reading = { method: "GET", durability: "read" } as const;
  expect(await find(routeWith({}, reading), {})).toBe(caller);
  expect(await find(routeWith({}, { method: "GET" }), {})).toBe("CSRF_REFUSED");
  const leaving = { method: "GET", answers: "redirect" } as Partial<RouteDefinition>;
  expect(await find(routeWith({}, leaving), {})).toBe(caller);
});
