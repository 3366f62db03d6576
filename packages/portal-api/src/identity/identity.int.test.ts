import { systemClock } from "@careline/platform";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  type PortalStage,
  type StageBrowser,
  type StageServers,
  startPortalStage,
  startStageServers,
} from "../testing/index.ts";

let servers: StageServers;
let stage: PortalStage;
const agentId = "01990000-0000-7000-8000-000000000001";

beforeAll(async () => {
  servers = await startStageServers();
  stage = await startPortalStage(servers, { withoutLoops: true });
  await stage.database.connect("careline_owner")`
    insert into portal.agents (agent_id, azure_ad_object_id, email, first_name, last_name, status)
    values (${agentId}, 'sub-1', 'one@careline.example', 'Ada', 'Example', 'active'),
           ('01990000-0000-7000-8000-000000000002', 'sub-2', 'two@careline.example', 'Bo', 'Example', 'active'),
           ('01990000-0000-7000-8000-000000000003', 'sub-3', 'three@careline.example', 'Cy', 'Example', 'terminated')`;
});
afterAll(async () => {
  await stage.stop();
  await servers.stop();
});
beforeEach(() => {
  Object.assign(servers.provider.next, {
    subject: "sub-1",
    amr: ["pwd", "otp"],
    authenticatedAgo: 0,
    error: undefined,
  });
});

const problemOf = (location: unknown): string | null =>
  new URL(String(location), "https://x").searchParams.get("problem");
const stateOf = async (browser: StageBrowser): Promise<unknown> => {
  const answer = await browser.send("/api/session");
  return answer.json?.state ?? answer.json?.code;
};
async function auditOf(action: string): Promise<readonly string[]> {
  const rows = await stage.database.connect("postgres")<{ details: string }[]>`
    select details from portal.audit_log where action = ${action} order by "timestamp", audit_id`;
  return rows.map(({ details }) => details);
}

it("signs a known person in with a second factor, and remembers when and where [HCC-POR-09]", async () => {
  const browser = stage.browser();
  const answer = await browser.signIn("sub-1", "/auth/sign-in?returnTo=/desk");
  expect(answer).toMatchObject({
    status: 303,
    headers: { location: "/desk", "careline-durability": "geo" },
  });
  expect(await browser.send("/api/session")).toMatchObject({
    status: 200,
    json: { agentId, displayName: "Ada Example", role: "agent", state: "active" },
  });
  const [agent] = await stage.database.connect("postgres")`
    select last_login_region, last_login_date is not null as dated from portal.agents where agent_id = ${agentId}`;
  expect(agent).toEqual({ last_login_region: "east", dated: true });
  expect(await auditOf("sign_in")).toEqual(['{"factors":"pwd otp"}']);
});

it("asks the identity provider with PKCE, state and nonce, and sets a cookie that only this host over TLS receives", async () => {
  const browser = stage.browser();
  const away = await browser.send("/auth/sign-in");
  const asked = new URL(String(away.headers.location)).searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  for (const name of ["code_challenge", "state", "nonce"])
    expect(asked.get(name)?.length).toBeGreaterThan(20);
  const back = await browser.signIn("sub-1");
  const cookies = [back.headers["set-cookie"] ?? []].flat();
  expect(cookies.find((line) => line.startsWith("__Host-careline="))).toMatch(
    /^__Host-careline=[\w-]{43}; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
});

it.each([
  ["whose token proves no second factor", { amr: ["pwd"] }, "MFA_REQUIRED"],
  ["whom the identity provider refuses", { error: "access_denied" }, "SIGN_IN_REFUSED"],
  ["who is not known here", { subject: "sub-9" }, "ACCOUNT_UNKNOWN"],
  ["who left", { subject: "sub-3" }, "ACCOUNT_CLOSED"],
])("does not sign in someone %s, and keeps that in the audit trail", async (_, next, code) => {
  const browser = stage.browser();
  Object.assign(servers.provider.next, next);
  const answer = await browser.signIn("subject" in next ? next.subject : "sub-1");
  expect(problemOf(answer.headers.location)).toBe(code);
  expect(browser.cookies.has("__Host-careline")).toBe(false);
  expect((await auditOf("refused")).at(-1)).toBe(JSON.stringify({ code }));
});

it("takes no answer that belongs to another browser's sign-in, nor one twice", async () => {
  const [victim, attacker] = [stage.browser(), stage.browser()];
  await victim.send("/auth/sign-in");
  const begun = await attacker.send("/auth/sign-in");
  const state = new URL(String(begun.headers.location)).searchParams.get("state") ?? "";
  const answer = await victim.send(`/auth/callback?code=x&state=${state}`);
  expect(problemOf(answer.headers.location)).toBe("SIGN_IN_INVALID");
  expect(
    problemOf((await stage.browser().send("/auth/callback?code=x&state=y")).headers.location),
  ).toBe("SIGN_IN_INVALID");
});

it.each(["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])(
  "does not send anybody on to %s",
  async (returnTo) => {
    const answer = await stage
      .browser()
      .send(`/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    expect(problemOf(answer.headers.location)).toBe("REQUEST_INVALID");
  },
);

it("locks at once, unlocks only by a fresh sign-in of the same person, and stays the same session", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  const { sessionId } = (await browser.send("/api/session")).json ?? {};
  await browser.send("/api/session/lock", { method: "POST" });
  expect(await stateOf(browser)).toBe("locked");
  expect((await browser.send("/api/agents/me")).json?.code).toBe("SESSION_LOCKED");

  expect(problemOf((await browser.signIn("sub-2", "/auth/unlock")).headers.location)).toBe(
    "UNLOCK_OTHER_PERSON",
  );
  servers.provider.next.authenticatedAgo = 3_600;
  const stale = problemOf((await browser.signIn("sub-1", "/auth/unlock")).headers.location);
  expect(["UNLOCK_NOT_FRESH", "SIGN_IN_REFUSED"]).toContain(stale);
  expect(await stateOf(browser)).toBe("locked");

  servers.provider.next.authenticatedAgo = 0;
  const unlocked = await browser.signIn("sub-1", "/auth/unlock?returnTo=/desk");
  expect(servers.provider.lastRequest().get("prompt")).toBe("login");
  expect(unlocked.headers.location).toBe("/desk");
  expect(await browser.send("/api/session")).toMatchObject({
    json: { state: "active", sessionId },
  });
  expect(await auditOf("session_unlock")).toHaveLength(1);
});

it("locks by itself when nobody was at work for 15 minutes, whatever the cache says", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  const { sessionId } = (await browser.send("/api/session")).json ?? {};
  await stage.database.connect("postgres")`
    update portal.session_activity set last_activity_at = now() - interval '16 minutes' where session_id = ${String(sessionId)}`;
  await servers.redis.empty();
  expect(await stateOf(browser)).toBe("locked");
});

it("counts what a person does as activity, and neither looking at the session nor what runs in the background", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  const { sessionId } = (await browser.send("/api/session")).json ?? {};
  const admin = stage.database.connect("postgres");
  const old = new Date(systemClock.wallNow().getTime() - 600_000);
  await admin`update portal.session_activity set last_activity_at = ${old} where session_id = ${String(sessionId)}`;
  const lastActivity = async (): Promise<Date | undefined> =>
    (
      await admin<
        { at: Date }[]
      >`select last_activity_at as at from portal.session_activity where session_id = ${String(sessionId)}`
    )[0]?.at;
  await browser.send("/api/agents/me", { headers: { "careline-activity": "background" } });
  expect(await lastActivity()).toEqual(old);
  await browser.send("/api/session/activity", { method: "POST" });
  expect((await lastActivity())?.getTime()).toBeGreaterThan(old.getTime());
});

it("ends a session everywhere at sign-out, and a leaver's within a minute", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  const cookie = browser.cookies.get("__Host-careline") ?? "";
  const out = await browser.send("/api/session/sign-out", { method: "POST" });
  expect(out.json?.continueAt).toContain(servers.provider.issuer);
  const again = stage.browser();
  again.cookies.set("__Host-careline", cookie);
  expect(await stateOf(again)).toBe("SESSION_ENDED");

  const leaver = stage.browser();
  await leaver.signIn("sub-2");
  await stage.database.connect(
    "postgres",
  )`update portal.agents set status = 'terminated' where azure_ad_object_id = 'sub-2'`;
  // What the 30 s of the cache do by themselves.
  await servers.redis.empty();
  expect(await stateOf(leaver)).toBe("SESSION_ENDED");
});

it("keeps everybody signed in when Redis is empty, away, or hangs", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  await servers.redis.empty();
  expect(await stateOf(browser)).toBe("active");
  servers.redis.pause();
  try {
    expect(await stateOf(browser)).toBe("active");
    expect((await browser.send("/api/agents/me")).status).toBe(200);
  } finally {
    servers.redis.resume();
  }
});

it("keeps the cookie's secret out of the database and the cache", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  await browser.send("/api/session");
  const cookie = browser.cookies.get("__Host-careline") ?? "";
  const dump = JSON.stringify(
    await stage.database.connect("postgres")`select token_hash::text from portal.sessions`,
  );
  expect(dump).not.toContain(cookie);
  expect(await servers.redis.dump()).not.toContain(cookie);
});

it("is found again by the other region's portal with another Redis: nobody signs in twice", async () => {
  const browser = stage.browser();
  await browser.signIn("sub-1");
  await servers.redis.empty();
  const other = await startPortalStage(servers, {
    withoutLoops: true,
    database: stage.database,
    site: "west",
  });
  try {
    const there = other.browser();
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    expect(await there.send("/api/session")).toMatchObject({
      status: 200,
      json: { agentId, site: "west" },
    });
  } finally {
    await other.stop();
  }
});
