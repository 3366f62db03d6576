import {
  everyRole,
  isProblemCode,
  type Role,
  type RouteDefinition,
  routes,
} from "@careline/portal-contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type PortalStage,
  type StageAnswer,
  type StageBrowser,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";

let servers: StageServers;
let stage: PortalStage;
const browsers = new Map<Role | "locked", StageBrowser>();

const all = Object.entries<RouteDefinition>(routes).filter(
  ([, route]) => route.answers !== "redirect",
);
const guarded = all.filter(([, route]) => route.access.kind === "session");
const withBody = all.filter(([, route]) => route.body !== undefined);

beforeAll(async () => {
  servers = await startStageServers();
  stage = await startPortalStage(servers, { withoutLoops: true });
  const owner = stage.database.connect("careline_owner");
  for (const [index, name] of [...everyRole, "locked"].entries()) {
    const role = name === "locked" ? "manager" : name;
    await owner`insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status, role)
      values (${`01990000-0000-7000-8000-00000000000${index}`}, ${`sub-${name}`}, ${`${name}@careline.example`}, 'Ada', 'Example', 'active', ${role})`;
    const browser = stage.browser();
    await browser.signIn(`sub-${name}`);
    browsers.set(name as Role | "locked", browser);
  }
  await browserOf("locked").send("/api/session/lock", { method: "POST" });
});
afterAll(async () => {
  await stage.stop();
  await servers.stop();
});

function browserOf(name: Role | "locked"): StageBrowser {
  const browser = browsers.get(name);
  if (browser === undefined) throw new TypeError(`nobody is signed in as ${name}`);
  return browser;
}

/** An address of the route with ids that nothing has. */
const addressOf = (route: RouteDefinition): string =>
  route.path
    .replace(":provider", "simulator")
    .replaceAll(/:\w+/g, "01990000-0000-7000-8000-0000000000aa");

async function attack(
  browser: StageBrowser,
  route: RouteDefinition,
  options: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<StageAnswer> {
  return browser.send(addressOf(route), { method: route.method, ...options });
}

function expectProblem(answer: StageAnswer, status: number, code: string): void {
  expect([answer.status, answer.json?.code]).toEqual([status, code]);
  expect(isProblemCode(code)).toBe(true);
  expect(answer.headers).toMatchObject({
    "content-type": "application/problem+json",
    "careline-site": "east",
    "careline-confirmed": expect.stringMatching(/^\d+\/[0-9A-F]+\/[0-9A-F]+$/),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
}

it.each(guarded)("%s tells nothing to someone without a session", async (_, route) => {
  expectProblem(await attack(stage.browser(), route), 401, "SESSION_REQUIRED");
  const forged = stage.browser();
  forged.cookies.set("__Host-careline", "A".repeat(43));
  expectProblem(await attack(forged, route), 401, "SESSION_REQUIRED");
});

it.each(guarded)("%s is denied to every role that it does not name", async (_, route) => {
  const allowed = route.access.kind === "session" ? route.access.roles : [];
  for (const role of everyRole.filter((each) => !allowed.includes(each))) {
    expectProblem(await attack(browserOf(role), route), 403, "PERMISSION_DENIED");
  }
});

it.each(guarded)(
  "%s is closed to a locked session, unless it belongs to unlocking",
  async (name, route) => {
    const isOpen = route.access.kind === "session" && route.access.whileLocked === true;
    if (isOpen) expect(["readSession", "lockSession", "signOut"]).toContain(name);
    else expectProblem(await attack(browserOf("locked"), route), 423, "SESSION_LOCKED");
  },
);

it.each(guarded.filter(([, route]) => route.method !== "GET"))(
  "%s refuses what another site's page sends",
  async (_, route) => {
    const browser = browserOf("manager");
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "https://localhost", "sec-fetch-site": "cross-site" },
      { "careline-client": "" },
    ]) {
      expectProblem(await attack(browser, route, { headers }), 403, "CSRF_REFUSED");
    }
  },
);

it.each(withBody)(
  "%s refuses a body that is malformed, of another kind, or too large",
  async (_, route) => {
    const browser = browserOf("agent");
    expectProblem(await attack(browser, route, { body: '{"a":' }), 400, "BODY_MALFORMED");
    const asForm = {
      body: "a=1",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    expectProblem(await attack(browser, route, asForm), 415, "MEDIA_TYPE_UNSUPPORTED");
    const limit = route.bodyLimitBytes ?? 65_536;
    expectProblem(
      await attack(browser, route, { body: `"${"x".repeat(limit)}"` }),
      413,
      "BODY_TOO_LARGE",
    );
  },
);

const open = guarded.filter(([, route]) => route.access.kind === "session");

it.each(open.filter(([, route]) => route.body !== undefined))(
  "%s refuses fields that it does not know, and repeats no value",
  async (_, route) => {
    const role = route.access.kind === "session" ? route.access.roles[0] : undefined;
    const body = '{"__proto__":{"admin":true},"constructor":1,"surprise":"secret text","<b>":2}';
    const answer = await attack(browserOf(role ?? "agent"), route, {
      body,
      headers: { "if-match": '"1"' },
    });
    expectProblem(answer, 400, "REQUEST_INVALID");
    expect(answer.text).not.toContain("secret text");
    expect(answer.text).not.toContain("<b>");
  },
);

it.each(open.filter(([, route]) => route.method === "GET" && route.answers !== "events"))(
  "%s refuses a query that it does not know",
  async (_, route) => {
    const role = (route.access.kind === "session" && route.access.roles[0]) || "agent";
    const answer = await browserOf(role).send(`${addressOf(route)}?surprise=1&surprise=2`);
    expectProblem(answer, 400, "REQUEST_INVALID");
  },
);

it.each(guarded.filter(([, { params }]) => params !== undefined))(
  "%s takes no id that is none",
  async (_, route) => {
    const role = (route.access.kind === "session" && route.access.roles[0]) || "agent";
    for (const id of ["1", "..%2f..%2fetc", "%00", "' or 1=1 --", "x".repeat(300)]) {
      const answer = await browserOf(role).send(route.path.replaceAll(/:\w+/g, encodeURI(id)), {
        method: route.method,
      });
      expect([400, 404]).toContain(answer.status);
      expect(isProblemCode(String(answer.json?.code))).toBe(true);
    }
  },
);

it("tells a wrong method from a wrong address", async () => {
  const browser = stage.browser();
  const wrong = await browser.send("/api/session", { method: "DELETE" });
  expectProblem(wrong, 405, "METHOD_NOT_ALLOWED");
  expect(wrong.headers.allow).toBe("GET");
  expectProblem(await browser.send("/api/nothing"), 404, "NOT_FOUND");
  expectProblem(await browser.send("/%zz"), 404, "NOT_FOUND");
  expect((await browser.send("/api/session", { method: "HEAD" })).status).toBe(405);
});

it("refuses webhooks without a signature", async () => {
  const answer = await stage
    .browser()
    .send("/webhooks/telephony/simulator", { method: "POST", body: '{"events":[]}' });
  expect([400, 401, 404, 503]).toContain(answer.status);
  expect(isProblemCode(String(answer.json?.code))).toBe(true);
});

it("keeps refusals of known people in the audit trail", async () => {
  const rows = await stage.database.connect("postgres")<
    { details: string; agent_id: string | null }[]
  >`
    select distinct details, agent_id is not null as known from portal.audit_log where action = 'refused'`;
  const codes = rows.map(({ details }) => (JSON.parse(details) as { code: string }).code);
  expect(codes).toEqual(
    expect.arrayContaining(["PERMISSION_DENIED", "SESSION_LOCKED", "CSRF_REFUSED"]),
  );
});
