import { readFileSync } from "node:fs";
import { describeError, type Logger, readSecret } from "@careline/platform";
import * as oidc from "openid-client";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { z } from "zod";
import type { PortalConfig } from "../config.ts";
import { PortalError } from "../problems/index.ts";

/** What a sign-in under way remembers between leaving for the identity provider and coming back. */
export const signInSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  startedAtMs: z.int(),
  /** Set when it unlocks: the session and person it is for. */
  unlock: z.strictObject({ sessionId: z.uuid(), agentId: z.uuid() }).nullable(),
});
export type SignIn = z.output<typeof signInSchema>;

/** What the identity provider proved. */
export interface ProvenIdentity {
  readonly subject: string;
  /** Factors used, e.g. `pwd otp`, for the session's row. */
  readonly factors: string;
  readonly authenticatedAt: Date | null;
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(255),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  auth_time: z.number().optional(),
});

/** The OpenID Connect side: code flow with PKCE S256, state and nonce, and a second factor or nothing. */
export class IdentityProvider {
  readonly #config: PortalConfig["identity"];
  readonly #origin: string;
  readonly #log: Logger;
  readonly #agent: Agent;
  #discovery: Promise<oidc.Configuration> | null = null;

  constructor(config: PortalConfig["identity"], publicOrigin: string, log: Logger) {
    this.#config = config;
    this.#origin = publicOrigin;
    this.#log = log;
    this.#agent = new Agent({
      connect: connectorTo(config),
      headersTimeout: config.answerTimeoutMs,
      bodyTimeout: config.answerTimeoutMs,
    });
  }

  /** Resolves when the provider told about itself, now or earlier. Errors: IDENTITY_PROVIDER_UNAVAILABLE. */
  async discovered(): Promise<void> {
    await this.#configuration();
  }

  /** Where to send the browser. Errors: IDENTITY_PROVIDER_UNAVAILABLE. */
  async begin(
    signIn: Pick<SignIn, "returnTo" | "startedAtMs" | "unlock">,
    loginHint: string | null,
  ): Promise<{ readonly url: string; readonly signIn: SignIn }> {
    const configuration = await this.#configuration();
    const begun: SignIn = {
      ...signIn,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const fresh: Record<string, string> =
      signIn.unlock === null ? {} : { prompt: "login", max_age: "0" };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.#origin}/auth/callback`,
      scope: "openid profile email",
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: "S256",
      acr_values: this.#config.mfaAcr.join(" "),
      ...(loginHint === null ? {} : { login_hint: loginHint }),
      ...fresh,
    });
    return { url: url.href, signIn: begun };
  }

  /** Exchanges the code of `callbackUrl` (path and query). Errors: SIGN_IN_REFUSED, MFA_REQUIRED, IDENTITY_PROVIDER_UNAVAILABLE. */
  async finish(callbackUrl: string, signIn: SignIn): Promise<ProvenIdentity> {
    const configuration = await this.#configuration();
    let claims: oidc.IDToken | undefined;
    try {
      const tokens = await oidc.authorizationCodeGrant(
        configuration,
        new URL(callbackUrl, this.#origin),
        {
          pkceCodeVerifier: signIn.verifier,
          expectedState: signIn.state,
          expectedNonce: signIn.nonce,
          idTokenExpected: true,
          ...(signIn.unlock === null ? {} : { maxAge: 60 }),
        },
      );
      claims = tokens.claims();
    } catch (cause) {
      throw exchangeFailure(cause);
    }
    return this.#proof(claims);
  }

  /** Where the identity provider ends its own session; the sign-in page when it offers no such place or is away. */
  async endSessionUrl(): Promise<string> {
    const back = `${this.#origin}/sign-in?reason=signed-out`;
    try {
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return back;
      return oidc.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: `${this.#origin}/sign-in`,
      }).href;
    } catch {
      return back;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #proof(claims: oidc.IDToken | undefined): ProvenIdentity {
    const parsed = claimsSchema.safeParse(claims);
    if (!parsed.success) throw new PortalError("SIGN_IN_REFUSED", "the ID token lacks claims");
    const { sub, acr, amr, auth_time: authTime } = parsed.data;
    const isProven =
      (acr !== undefined && this.#config.mfaAcr.includes(acr)) ||
      (amr ?? []).some((factor) => this.#config.mfaAmr.includes(factor));
    if (!isProven) throw new PortalError("MFA_REQUIRED", "the ID token proves no second factor");
    return {
      subject: sub,
      factors: (amr ?? [acr ?? "mfa"]).join(" ").slice(0, 200),
      authenticatedAt: authTime === undefined ? null : new Date(authTime * 1_000),
    };
  }

  /** Discovery is asked once and again after a failure, so that the portal starts without its identity provider. */
  async #configuration(): Promise<oidc.Configuration> {
    this.#discovery ??= this.#discover();
    try {
      return await this.#discovery;
    } catch (cause) {
      this.#discovery = null;
      this.#log.warn({ error: describeError(cause) }, "the identity provider does not answer");
      throw new PortalError("IDENTITY_PROVIDER_UNAVAILABLE", "discovery failed", { cause });
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecretFile, answerTimeoutMs } = this.#config;
    const customFetch = ((url: string, options: object) =>
      undiciFetch(url, { ...options, dispatcher: this.#agent })) as unknown as oidc.CustomFetch;
    return oidc.discovery(
      new URL(issuer),
      clientId,
      {},
      oidc.ClientSecretBasic(readSecret(clientSecretFile)),
      { [oidc.customFetch]: customFetch, timeout: Math.ceil(answerTimeoutMs / 1_000) },
    );
  }
}

/** Connects to `connectTo` if given; the name that is verified stays the issuer's. */
function connectorTo(config: PortalConfig["identity"]): buildConnector.connector {
  const servername = new URL(config.issuer).hostname;
  const connect = buildConnector({
    ca: readFileSync(config.ca),
    timeout: config.answerTimeoutMs,
    allowH2: false,
  });
  return (options, callback) => {
    const reach = config.connectTo ?? { host: options.hostname, port: options.port };
    connect({ ...options, hostname: reach.host, port: String(reach.port), servername }, callback);
  };
}

/** A refusal by the provider is said as one; no answer, or one that is not OAuth's, means that it is away. */
function exchangeFailure(cause: unknown): PortalError {
  const isRefusal =
    cause instanceof oidc.AuthorizationResponseError ||
    cause instanceof oidc.ResponseBodyError ||
    (cause instanceof oidc.ClientError && !/TIMEOUT|HTTP|PARSE/.test(cause.code ?? ""));
  return isRefusal
    ? new PortalError("SIGN_IN_REFUSED", "the identity provider refused", { cause })
    : new PortalError("IDENTITY_PROVIDER_UNAVAILABLE", "the exchange of the code failed", {
        cause,
      });
}
