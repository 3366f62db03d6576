import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { systemClock, systemRandom } from "@careline/platform";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { TestAuthority } from "./test-authority.ts";

/** Whom the test identity provider signs in next, and with which claims. */
export interface NextSignIn {
  subject: string;
  amr: readonly string[];
  acr?: string;
  /** Seconds before now at which the person gave the password. */
  authenticatedAgo: number;
  /** Set: it refuses with this OAuth error. */
  error?: string;
}

/** A real OpenID Connect provider over HTTPS whose person never has to type: it signs in whom the test says. */
export interface TestIdentityProvider {
  readonly issuer: string;
  readonly ca: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly next: NextSignIn;
  /** Query of the newest authorization request. */
  readonly lastRequest: () => URLSearchParams;
  stop(): Promise<void>;
}

interface Grant {
  readonly query: URLSearchParams;
  readonly claims: Record<string, unknown>;
}

const client = { id: "careline-portal", secret: "only-for-tests" };

interface ProviderState {
  issuer: string;
  newest: URLSearchParams;
  readonly next: NextSignIn;
  readonly grants: Map<string, Grant>;
  readonly jwk: object;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
}

const nowSeconds = (): number => Math.floor(systemClock.wallNow().getTime() / 1_000);

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function authorize(state: ProviderState, url: URL, response: ServerResponse): void {
  state.newest = url.searchParams;
  const back = new URL(state.newest.get("redirect_uri") ?? "");
  back.searchParams.set("state", state.newest.get("state") ?? "");
  back.searchParams.set("iss", state.issuer);
  if (state.next.error === undefined) {
    const code = systemRandom.uuid();
    const { subject, amr, acr, authenticatedAgo } = state.next;
    const level = acr === undefined ? {} : { acr };
    const claims = { sub: subject, amr, ...level, auth_time: nowSeconds() - authenticatedAgo };
    state.grants.set(code, { query: state.newest, claims });
    back.searchParams.set("code", code);
  } else {
    back.searchParams.set("error", state.next.error);
  }
  response.writeHead(302, { location: back.href }).end();
}

async function token(
  state: ProviderState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const form = new URLSearchParams(text);
  const code = form.get("code") ?? "";
  const grant = state.grants.get(code);
  state.grants.delete(code);
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  // Name and secret are form-encoded inside the Basic credentials (RFC 6749, 2.3.1).
  const [, sent = ""] = (request.headers.authorization ?? "").split("Basic ");
  const [id, secret] = Buffer.from(sent, "base64")
    .toString("utf8")
    .split(":")
    .map(decodeURIComponent);
  if (id !== client.id || secret !== client.secret) {
    json(response, 401, { error: "invalid_client" });
  } else if (grant === undefined || grant.query.get("code_challenge") !== challenge) {
    json(response, 400, { error: "invalid_grant" });
  } else {
    const idToken = await signIdToken(state, grant);
    json(response, 200, {
      access_token: "x",
      token_type: "Bearer",
      expires_in: 300,
      id_token: idToken,
    });
  }
}

async function signIdToken(state: ProviderState, grant: Grant): Promise<string> {
  return new SignJWT({ ...grant.claims, nonce: grant.query.get("nonce") })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuer(state.issuer)
    .setAudience(client.id)
    .setIssuedAt(nowSeconds())
    .setExpirationTime(nowSeconds() + 300)
    .sign(state.privateKey);
}

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/end`,
    response_types_supported: ["code"],
    id_token_signing_alg_values_supported: ["RS256"],
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ["S256"],
  };
}

function answer(state: ProviderState, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", state.issuer);
  if (url.pathname === "/.well-known/openid-configuration")
    json(response, 200, metadata(state.issuer));
  else if (url.pathname === "/jwks") json(response, 200, { keys: [state.jwk] });
  else if (url.pathname === "/authorize") authorize(state, url, response);
  else if (url.pathname === "/token") void token(state, request, response);
  else response.writeHead(404).end();
}

export async function startTestIdentityProvider(
  authority: TestAuthority,
): Promise<TestIdentityProvider> {
  const files = authority.issue("identity.test");
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const state: ProviderState = {
    issuer: "",
    newest: new URLSearchParams(),
    next: { subject: "sub-1", amr: ["pwd", "otp"], authenticatedAgo: 0 },
    grants: new Map(),
    jwk: { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" },
    privateKey,
  };
  const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  const server = createServer(tls, (request, response) => answer(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  state.issuer = `https://localhost:${port}`;
  return {
    issuer: state.issuer,
    ca: authority.ca,
    clientId: client.id,
    clientSecret: client.secret,
    next: state.next,
    lastRequest: () => state.newest,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
