import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Logger } from "@careline/platform";
import type { Provider } from "oidc-provider";
import { LabError } from "../errors.ts";
import { isCodeRight, isSameText, totpSecretOf } from "./credentials.ts";
import type { FailureLimit } from "./failure-limit.ts";
import type { IdentityAccount } from "./identity-config.ts";
import { pageHeaders, signInPage } from "./pages.ts";
import { mfaAcr } from "./provider-configuration.ts";

export interface SignInDeps {
  readonly provider: Provider;
  /** By login. */
  readonly accounts: ReadonlyMap<string, IdentityAccount>;
  readonly password: string;
  readonly totpSeed: string;
  /** Origins that a finished sign-in leads to. */
  readonly formTargets: readonly string[];
  readonly limit: FailureLimit;
  readonly clock: Clock;
  readonly log: Logger;
}

const bodyBytesMax = 4096;
const wrong = "Account, password or code is not right. Nothing else is said, on purpose.";
const tooMany = "Too many wrong attempts. Wait five minutes, then try again.";

/** The sign-in page, and what is posted from it. Rejects when the interaction is unknown or over. */
export async function serveInteraction(
  request: IncomingMessage,
  response: ServerResponse,
  deps: SignInDeps,
): Promise<void> {
  const details = await deps.provider.interactionDetails(request, response);
  const action = `/interaction/${details.uid}`;
  if (request.method === "GET") {
    const hint = details.params.login_hint;
    const login = typeof hint === "string" ? hint : "";
    show(response, deps, 200, { action, login, problem: null });
    return;
  }
  if (request.method !== "POST") throw new LabError("BAD_REQUEST", "only GET and POST");
  const form = new URLSearchParams(await readBody(request));
  const login = loginOf(form.get("login") ?? "", deps.accounts);
  const outcome = check(form, login, deps);
  if (typeof outcome === "string") {
    deps.limit.noteFailure(login);
    deps.log.warn({ isLimited: outcome === tooMany }, "sign-in refused");
    show(response, deps, 200, { action, login, problem: outcome });
    return;
  }
  deps.limit.noteSuccess(login);
  await deps.provider.interactionFinished(
    request,
    response,
    {
      login: {
        accountId: outcome.subject,
        acr: mfaAcr,
        amr: ["pwd", "otp", "mfa"],
        remember: false,
        ts: Math.floor(deps.clock.wallNow().getTime() / 1000),
      },
    },
    { mergeWithLastSubmission: false },
  );
}

/** People sign in with their account or their e-mail address, which is what the portal hints at; one limit counts for both. */
function loginOf(entered: string, accounts: SignInDeps["accounts"]): string {
  const text = entered.trim().toLowerCase();
  if (!text.includes("@")) return text;
  return [...accounts.values()].find(({ email }) => email === text)?.login ?? text;
}

/** The account, or the sentence to show. An unknown account costs the same time as a wrong password. */
function check(form: URLSearchParams, login: string, deps: SignInDeps): IdentityAccount | string {
  if (deps.limit.isReached(login)) return tooMany;
  const account = deps.accounts.get(login);
  const isPasswordRight = isSameText(form.get("password") ?? "", deps.password);
  const code = (form.get("code") ?? "").replaceAll(" ", "");
  const isRight = isCodeRight(totpSecretOf(deps.totpSeed, login), code, deps.clock);
  return account !== undefined && isPasswordRight && isRight ? account : wrong;
}

function show(
  response: ServerResponse,
  deps: SignInDeps,
  status: number,
  page: Parameters<typeof signInPage>[0],
): void {
  response.writeHead(status, pageHeaders(deps.formTargets));
  response.end(signInPage(page));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += String(chunk);
    if (body.length > bodyBytesMax) throw new LabError("BAD_REQUEST", "the form is too long");
  }
  return body;
}
