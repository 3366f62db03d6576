import { TOTP } from "otpauth";
import { LabError } from "../errors.ts";
import type { Browser, BrowserAnswer } from "./browser.ts";
import { type HtmlForm, readForm } from "./html-form.ts";

/** An account of the identity provider, as the lab hands it out. */
export interface Account {
  readonly login: string;
  readonly password: string;
  /** Base32, as an authenticator app would hold it. */
  readonly totpSecret: string;
}

/** Pages and redirects between the portal, the identity provider and back: seven here, and some to spare. */
const stepsMax = 20;
/** Password and code, on one page or on two. */
const formsMax = 2;
const stepLimitMs = 10_000;

/**
 * Signs in as a person does: from the portal to the identity provider (OpenID Connect, code flow with PKCE),
 * password, one-time code, and back to the portal, which sets its cookie. Error: SIGN_IN_FAILED names the
 * step, never what was typed.
 */
export async function signIn(
  browser: Browser,
  origin: string,
  account: Account,
  signal: AbortSignal,
): Promise<void> {
  const ask = async (url: string, message: Step["message"]): Promise<BrowserAnswer> => {
    try {
      return await browser.ask(url, message, stepLimitMs, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const what = `${account.login} could not sign in: nothing answers at ${new URL(url).origin}`;
      throw new LabError("SIGN_IN_FAILED", what, { cause });
    }
  };
  let answer = await ask(`${origin}/auth/sign-in?returnTo=/`, {});
  let formsSent = 0;
  for (let step = 0; step < stepsMax; step += 1) {
    const next = nextStep(answer, account);
    if (next?.message.method === "POST") formsSent += 1;
    // A sign-in page that comes back refused what was typed; typing it on would lock the account.
    if (formsSent > formsMax) throw failed(account, answer);
    if (next === null) {
      if (answer.status < 400 && new URL(answer.url).origin === origin) return;
      throw failed(account, answer);
    }
    // Where the portal sends the browser after the callback, the cookie is set: no screens are needed.
    const target = new URL(next.url, answer.url);
    const isBack = target.origin === origin && !target.pathname.startsWith("/auth/");
    if (isBack && !target.searchParams.has("problem")) return;
    if (isBack) throw failed(account, answer, target.searchParams.get("problem") ?? "");
    answer = await ask(target.href, next.message);
  }
  throw failed(account, answer);
}

interface Step {
  readonly url: string;
  readonly message: {
    readonly method?: "POST";
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
}

function nextStep(answer: BrowserAnswer, account: Account): Step | null {
  const location = answer.headers.location;
  if (answer.status >= 300 && answer.status < 400 && typeof location === "string") {
    return { url: location, message: {} };
  }
  const form = answer.status === 200 ? readForm(answer.text) : null;
  if (form === null) return null;
  const body = fillIn(form, account).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    origin: new URL(answer.url).origin,
  };
  return {
    url: form.action === "" ? answer.url : form.action,
    message: { method: "POST", headers, body },
  };
}

function fillIn(form: HtmlForm, account: Account): URLSearchParams {
  const filled = new URLSearchParams();
  for (const [name, { type, value }] of form.fields) {
    if (type === "submit" || type === "button") {
      if (value !== "") filled.set(name, value);
    } else if (type === "password") filled.set(name, account.password);
    else if (/otp|code|token/i.test(name) && type !== "hidden") filled.set(name, codeNow(account));
    else if (/login|user|email|account/i.test(name) && type !== "hidden") {
      filled.set(name, account.login);
    } else filled.set(name, value);
  }
  return filled;
}

function codeNow(account: Account): string {
  return new TOTP({ secret: account.totpSecret }).generate();
}

function failed(account: Account, answer: BrowserAnswer, problem = ""): LabError {
  const { pathname } = new URL(answer.url);
  const why = problem === "" ? `stopped at ${pathname} with ${answer.status}` : problem;
  return new LabError("SIGN_IN_FAILED", `${account.login} could not sign in: ${why}`);
}
