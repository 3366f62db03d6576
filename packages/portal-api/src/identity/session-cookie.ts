import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Random } from "@careline/platform";

/** The session cookie. `__Host-`: this host only, over TLS only, for every path. Lax, so that the way back from the identity provider brings it. */
export const sessionCookieName = "__Host-careline";
/** Holds what a sign-in under way must remember, sealed; also `__Host-`, ten minutes. */
export const signInCookieName = "__Host-careline-sign-in";

const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** A new secret of 32 random bytes. Only its hash is stored. */
export function newToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString("base64url");
}

export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export function cookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}

/** Tells the browser to forget a cookie. */
export function expiredCookie(name: string): string {
  return `${name}=; Max-Age=0; ${attributes}`;
}

/** The value of a cookie, or null. Values are base64url or JWE, so nothing is decoded. */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | null {
  for (const part of (headers.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
