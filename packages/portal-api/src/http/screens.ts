import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "@careline/platform";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { securityHeaders } from "./write-answer.ts";

/** Replaced in index.html by a new nonce per answer; the screens hand it to what writes style elements. */
const nonceMark = "__CARELINE_STYLE_NONCE__";
const immutable = "public, max-age=31536000, immutable";

/** Paths of the API: never answered with the screens. */
const apiPath = /^\/(?:api|auth|webhooks|health|terms|openapi\.json|metrics)(?:[/?]|$)/;

export interface ScreensDeps {
  readonly webDir: string;
  readonly random: Random;
  readonly commonHeaders: (requestId: string) => Record<string, string>;
}

/** Sends index.html for a browser's navigation to a path of the screens; false when this request is none. */
export type SendScreen = (request: FastifyRequest, reply: FastifyReply) => boolean;

export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Serves the built screens: hashed files for a year, everything else asked for again each time. */
export async function serveScreens(app: FastifyInstance, deps: ScreensDeps): Promise<SendScreen> {
  const page = join(deps.webDir, "index.html");
  if (!existsSync(page)) return () => false;
  const text = readFileSync(page, "utf8");
  await app.register(fastifyStatic, {
    root: deps.webDir,
    wildcard: false,
    index: false,
    cacheControl: false,
    globIgnore: ["index.html"],
    setHeaders: (response, path) => {
      const headers = { ...securityHeaders, ...deps.commonHeaders("") };
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      response.header(
        "content-security-policy",
        "default-src 'none'; connect-src 'self'; script-src 'self'",
      );
      response.header(
        "cache-control",
        path.startsWith(join(deps.webDir, "assets")) ? immutable : "no-cache",
      );
    },
  });
  return (request, reply) => {
    const isNavigation =
      request.method === "GET" &&
      !apiPath.test(request.url) &&
      (request.headers.accept ?? "").includes("text/html");
    if (isNavigation) sendPage(reply, text, deps);
    return isNavigation;
  };
}

function sendPage(reply: FastifyReply, text: string, deps: ScreensDeps): void {
  const nonce = Buffer.from(deps.random.bytes(18)).toString("base64");
  reply
    .code(200)
    .headers({
      ...securityHeaders,
      ...deps.commonHeaders(""),
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "content-security-policy": contentSecurityPolicy(nonce),
    })
    .send(text.replaceAll(nonceMark, nonce));
}
