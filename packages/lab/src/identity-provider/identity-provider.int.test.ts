import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@careline/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentCode, totpSecretOf } from "./credentials.ts";
import type { IdentityConfig } from "./identity-config.ts";
import { type RunningIdentityProvider, startIdentityProvider } from "./identity-provider.ts";

interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly cookies: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const password = "right-password";
const seed = "seed";
const redirectUri = "https://localhost:9/auth/callback";
let dir = "";
let origin = "";
let config: IdentityConfig;
let running: RunningIdentityProvider;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "careline-idp-"));
  execFileSync(
    "openssl",
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -subj /CN=t -addext subjectAltName=DNS:localhost".split(
      " ",
    ),
    { cwd: dir, stdio: "ignore" },
  );
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const port = await aFreePort();
  origin = `https://localhost:${port}`;
  mkdirSync(join(dir, "data"));
  config = {
    listen: { host: "127.0.0.1", port },
    tls: { ca: join(dir, "c"), cert: join(dir, "c"), key: join(dir, "k") },
    issuer: origin,
    client: {
      id: "portal",
      secretFile: file("client", "client-secret"),
      redirectUris: [redirectUri],
      afterSignOutUris: ["https://localhost:9/"],
    },
    accountsFile: file(
      "accounts.json",
      JSON.stringify({
        accounts: [
          {
            login: "agent001",
            subject: "demo|agent001",
            name: "Agent 001 (fictional)",
            email: "agent001@careline.example",
            groups: ["agents"],
          },
        ],
      }),
    ),
    passwordFile: file("password", password),
    totpSeedFile: file("seed", seed),
    cookieKeyFile: file("cookie", "cookie-key"),
    dataDir: join(dir, "data"),
  };
  running = await startIdentityProvider(config, systemClock, silentLogger());
});

afterAll(async () => {
  await running.close();
  rmSync(dir, { recursive: true, force: true });
});

async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function ask(
  path: string,
  options: { cookies?: readonly string[]; form?: Record<string, string>; basic?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, origin),
      {
        rejectUnauthorized: false,
        agent: false,
        method: options.form === undefined ? "GET" : "POST",
        headers: {
          ...(options.cookies ? { cookie: options.cookies.join("; ") } : {}),
          ...(options.form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
          ...(options.basic
            ? { authorization: `Basic ${Buffer.from(options.basic).toString("base64")}` }
            : {}),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? null,
            cookies: (response.headers["set-cookie"] ?? []).map((each) => each.split(";")[0] ?? ""),
            headers: response.headers,
            text,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(options.form === undefined ? undefined : new URLSearchParams(options.form).toString());
  });
}

const verifier = "a-code-verifier-that-is-at-least-43-characters-long";
const challenge = execFileSync("sh", [
  "-c",
  `printf %s ${verifier} | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d =`,
]).toString();

function authorizationPath(more: Record<string, string> = {}): string {
  return `/auth?${new URLSearchParams({
    client_id: "portal",
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid profile email",
    state: "s",
    nonce: "n",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...more,
  })}`;
}

/** Walks to the sign-in page, posts the form, and follows until the portal's address or a page. */
async function signIn(fields: {
  login?: string;
  password?: string;
  code?: string;
}): Promise<Answer> {
  const started = await ask(authorizationPath());
  const jar = [...started.cookies];
  const form = {
    login: "agent001",
    password,
    code: currentCode(totpSecretOf(seed, "agent001"), systemClock).code,
    ...fields,
  };
  let answer = await ask(started.location ?? "", { cookies: jar, form });
  while (answer.location !== null && !answer.location.startsWith(redirectUri)) {
    jar.push(...answer.cookies);
    answer = await ask(answer.location, { cookies: jar });
  }
  return answer;
}

function codeFrom(answer: Answer): string {
  return new URL(answer.location ?? "").searchParams.get("code") ?? "";
}

function claimsOf(token: string): Record<string, unknown> {
  const middle = token.split(".")[1] ?? "";
  return JSON.parse(Buffer.from(middle, "base64url").toString()) as Record<string, unknown>;
}

async function exchange(code: string, more: Record<string, string> = {}): Promise<Answer> {
  return ask("/token", {
    basic: "portal:client-secret",
    form: {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...more,
    },
  });
}

describe("the directory's stand-in", () => {
  it("signs a person in with password and one-time code and says so in the token", async () => {
    const answer = await exchange(codeFrom(await signIn({})));
    expect(answer.status).toBe(200);
    const tokens = JSON.parse(answer.text) as { id_token: string };
    expect(claimsOf(tokens.id_token)).toMatchObject({
      iss: origin,
      aud: "portal",
      sub: "demo|agent001",
      nonce: "n",
      acr: "urn:careline:mfa",
      amr: ["pwd", "otp", "mfa"],
      name: "Agent 001 (fictional)",
    });
  });

  it("takes the e-mail address for the account, as the portal's hint does when a screen is unlocked", async () => {
    const answer = await exchange(codeFrom(await signIn({ login: "Agent001@careline.example" })));
    const tokens = JSON.parse(answer.text) as { id_token: string };
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: "demo|agent001" });
  });

  it.each([
    ["a wrong password", { password: "wrong" }],
    ["a wrong code", { code: "000000" }],
    ["no code", { code: "" }],
    ["an unknown account, in the same words", { login: "stranger" }],
  ])("refuses %s", async (_, fields) => {
    const answer = await signIn(fields);
    expect(answer.location).toBeNull();
    expect(answer.text).toContain("Account, password or code is not right");
    expect(answer.text).toContain('role="alert"');
  });

  it("stops listening to an account after ten wrong attempts, even when the eleventh is right", async () => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await signIn({ login: "guessed", password: `guess ${attempt}` });
    }
    expect((await signIn({ login: "guessed" })).text).toContain("Too many wrong attempts");
  });

  it("refuses a client that does not prove with PKCE that the sign-in is its own", async () => {
    const withoutPkce = await ask(
      authorizationPath({ code_challenge: "", code_challenge_method: "" }),
    );
    expect(`${withoutPkce.location}${withoutPkce.text}`).toMatch(/invalid_request/);
    const wrongVerifier = await exchange(codeFrom(await signIn({})), {
      code_verifier: "another-verifier-that-is-at-least-43-characters",
    });
    expect(wrongVerifier.status).toBe(400);
  });

  it("gives a code once", async () => {
    const code = codeFrom(await signIn({}));
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(400);
  });

  it("sends nobody to an address that was not agreed", async () => {
    const answer = await ask(authorizationPath({ redirect_uri: "https://evil.example/" }));
    expect(answer.status).toBe(400);
    expect(answer.location).toBeNull();
  });

  it("shows its page without scripts, frames or caching, and escapes what was typed", async () => {
    const page = await signIn({ login: '"><script>alert(1)</script>' });
    expect(page.text).not.toContain("<script");
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'/);
    expect(page.headers["content-security-policy"]).toMatch(/frame-ancestors 'none'/);
    expect(page.headers["cache-control"]).toBe("no-store");
  });

  it("refuses a form posted from a browser that did not begin the sign-in", async () => {
    const started = await ask(authorizationPath());
    const answer = await ask(started.location ?? "", { form: { login: "agent001" } });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("SIGN_IN_EXPIRED");
  });

  it("remembers a sign-in through a restart", async () => {
    const code = codeFrom(await signIn({}));
    await running.close();
    running = await startIdentityProvider(config, systemClock, silentLogger());
    expect((await exchange(code)).status).toBe(200);
  });
});
