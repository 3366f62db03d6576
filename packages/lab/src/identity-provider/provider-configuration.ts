import { readSecret } from "@careline/platform";
import type { AdapterConstructor, Configuration, JWK, KoaContextWithOIDC } from "oidc-provider";
import type { IdentityAccount, IdentityConfig } from "./identity-config.ts";
import { pageHeaders, problemPage, signOutPage } from "./pages.ts";

/** `acr` of a sign-in with password and one-time code; the only kind there is. */
export const mfaAcr = "urn:careline:mfa";

export interface ProviderParts {
  readonly config: IdentityConfig;
  readonly adapter: AdapterConstructor;
  readonly keys: { keys: JWK[] };
  readonly accounts: ReadonlyMap<string, IdentityAccount>;
}

const hour = 3600;

/** The provider's settings, each chosen: its own defaults are for development only. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { config, accounts } = parts;
  const bySubject = new Map([...accounts.values()].map((account) => [account.subject, account]));
  return {
    adapter: parts.adapter,
    jwks: parts.keys,
    clients: [
      {
        client_id: config.client.id,
        client_secret: readSecret(config.client.secretFile),
        redirect_uris: [...config.client.redirectUris],
        post_logout_redirect_uris: [...config.client.afterSignOutUris],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    acrValues: [mfaAcr],
    claims: {
      openid: ["sub", "acr", "amr", "auth_time"],
      profile: ["name", "preferred_username", "groups"],
      email: ["email"],
    },
    // Claims of the person come with the ID token: one request less through a busy network.
    conformIdTokenClaims: false,
    scopes: ["openid"],
    responseTypes: ["code"],
    pkce: { required: () => true },
    cookies: {
      keys: [readSecret(config.cookieKeyFile)],
      long: { signed: true, secure: true, httpOnly: true, sameSite: "lax" },
      short: { signed: true, secure: true, httpOnly: true, sameSite: "lax" },
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => page(ctx, signOutPage(form), origins(config)),
        postLogoutSuccessSource: (ctx) =>
          page(
            ctx,
            problemPage("You are signed out", "You can close this page.", "SIGNED_OUT"),
            [],
          ),
      },
    },
    findAccount: (_, subject) => {
      const account = bySubject.get(subject);
      return account === undefined
        ? undefined
        : { accountId: subject, claims: () => Promise.resolve(claimsOf(account)) };
    },
    loadExistingGrant,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => {
      const advice =
        "Go back to Careline and start again. If it repeats, tell its operators the code.";
      return page(ctx, problemPage("This request was refused", advice, out.error), []);
    },
    ttl: {
      Session: 12 * hour,
      Grant: 12 * hour,
      Interaction: hour / 4,
      AuthorizationCode: 60,
      AccessToken: hour / 4,
      IdToken: hour / 4,
    },
  };
}

function claimsOf(account: IdentityAccount): { sub: string } & Record<string, unknown> {
  return {
    sub: account.subject,
    name: account.name,
    preferred_username: account.login,
    email: account.email,
    groups: account.groups,
  };
}

/** The portal belongs to the same house, so nobody is asked whether it may know who signs in. */
async function loadExistingGrant(
  ctx: KoaContextWithOIDC,
): Promise<InstanceType<KoaContextWithOIDC["oidc"]["provider"]["Grant"]> | undefined> {
  const { client, session, provider, result } = ctx.oidc;
  const clientId = client?.clientId;
  const accountId = session?.accountId;
  if (clientId === undefined || accountId === undefined) return undefined;
  const grantId = result?.consent?.grantId ?? session?.grantIdFor(clientId);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (known !== undefined) return known;
  const grant = new provider.Grant({ clientId, accountId });
  grant.addOIDCScope("openid profile email");
  await grant.save();
  return grant;
}

function page(ctx: KoaContextWithOIDC, html: string, formTargets: readonly string[]): void {
  ctx.set(pageHeaders(formTargets));
  ctx.body = html;
}

function origins(config: IdentityConfig): readonly string[] {
  return [...new Set(config.client.afterSignOutUris.map((uri) => new URL(uri).origin))];
}
