import { systemRandom } from "@careline/platform";
import { type Agent, request } from "undici";
import type { TestIdentityProvider } from "./test-identity-provider.ts";

/** An answer of the portal under test. */
export interface StageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly json: Record<string, unknown> | null;
}

export interface StageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A browser: keeps cookies, says whose page it shows. */
export interface StageBrowser {
  readonly cookies: Map<string, string>;
  send(path: string, options?: StageRequest): Promise<StageAnswer>;
  /** Signs in through the identity provider as `subject`, following its redirects. */
  signIn(subject: string, path?: string): Promise<StageAnswer>;
}

/** The origin that the portal under test takes for its own. */
export const stageOrigin = "https://localhost";

export function createBrowser(
  origin: string,
  agent: Agent,
  provider: TestIdentityProvider,
): StageBrowser {
  const cookies = new Map<string, string>();
  const send = async (path: string, options: StageRequest = {}): Promise<StageAnswer> => {
    const method = options.method ?? "GET";
    const own: Record<string, string> =
      method === "GET"
        ? {}
        : {
            "careline-client": "test/1",
            origin: stageOrigin,
            "idempotency-key": systemRandom.uuid(),
          };
    const { statusCode, headers, body } = await request(new URL(path, origin), {
      dispatcher: agent,
      method: method as "GET",
      headers: {
        ...own,
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...(cookies.size === 0
          ? {}
          : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
        ...options.headers,
      },
      body: options.body ?? null,
    });
    const text = await body.text();
    keepCookies(cookies, headers["set-cookie"]);
    return { status: statusCode, headers, text, json: parseJson(text) };
  };
  return {
    cookies,
    send,
    async signIn(subject, path = "/auth/sign-in") {
      provider.next.subject = subject;
      const away = await send(path);
      const asked = await request(String(away.headers.location), { dispatcher: agent });
      await asked.body.dump();
      const back = new URL(String(asked.headers.location));
      return send(`${back.pathname}${back.search}`);
    },
  };
}

function keepCookies(cookies: Map<string, string>, header: string | string[] | undefined): void {
  for (const line of typeof header === "string" ? [header] : (header ?? [])) {
    const [pair = "", ...attributes] = line.split("; ");
    const at = pair.indexOf("=");
    if (attributes.includes("Max-Age=0")) cookies.delete(pair.slice(0, at));
    else cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
