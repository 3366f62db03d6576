import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: Canvas; color: CanvasText; }
main { width: min(24rem, 100% - 2rem); padding: 2rem 0; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem; margin-top: .25rem; border: 1px solid GrayText; border-radius: .375rem; background: Field; color: FieldText; }
button { font: inherit; font-weight: 600; width: 100%; margin-top: 1.5rem; padding: .7rem; border: 0; border-radius: .375rem; background: #0b5cad; color: #fff; cursor: pointer; }
:focus-visible { outline: 3px solid #5aa9f8; outline-offset: 2px; }
.hint { font-size: .875rem; margin: .25rem 0 0; }
.problem { border-left: 4px solid #c62828; padding: .5rem .75rem; margin: 1rem 0 0; }
`;

const styleHash = createHash("sha256").update(style).digest("base64");

/** Headers of every page: no scripts, no frames, nothing kept. */
export function pageHeaders(formTargets: readonly string[]): Record<string, string> {
  // Browsers apply form-action to the redirects that follow a form, too.
  const formAction = ["'self'", ...formTargets].join(" ");
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

export interface SignInPage {
  readonly action: string;
  readonly login: string;
  /** A sentence about what went wrong, or null. */
  readonly problem: string | null;
}

/** Name, password and one-time code on one page; works without scripts and by keyboard. */
export function signInPage(page: SignInPage): string {
  const problem =
    page.problem === null
      ? ""
      : `<p class="problem" role="alert" id="problem">${escapeHtml(page.problem)}</p>`;
  const describedBy = page.problem === null ? "" : ' aria-describedby="problem"';
  return document(
    "Sign in",
    `<h1>Sign in</h1>
<p>Careline demonstration directory. Everyone in it is fictional.</p>
${problem}
<form method="post" action="${escapeHtml(page.action)}">
<label for="login">Account</label>
<input id="login" name="login" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value="${escapeHtml(page.login)}"${describedBy}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<label for="code">One-time code</label>
<input id="code" name="code" type="text" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,7}" required aria-describedby="code-hint">
<p class="hint" id="code-hint">Six digits. In this lab <code>./careline lab code &lt;account&gt;</code> shows them.</p>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** A page that says what went wrong and what to do. */
export function problemPage(title: string, advice: string, code: string): string {
  return document(
    title,
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(advice)}</p><p class="hint">Code: ${escapeHtml(code)}</p>`,
  );
}

/** Asks before signing out; `form` is the provider's own form, which has the id `op.logoutForm`. */
export function signOutPage(form: string): string {
  return document(
    "Sign out",
    `<h1>Sign out?</h1><p>You will be signed out of the directory as well.</p>${form}
<button type="submit" form="op.logoutForm" value="yes" name="logout" autofocus>Sign out</button>
<button type="submit" form="op.logoutForm">Stay signed in</button>`,
  );
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Careline directory</title><style>${style}</style></head>
<body><main>${body}</main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
