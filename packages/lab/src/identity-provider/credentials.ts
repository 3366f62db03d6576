import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "@careline/platform";
import { Secret, TOTP } from "otpauth";

/** Seconds that a code is shown. */
export const codePeriodSeconds = 30;
/** A code is taken one period early or late, for clocks that differ. */
const codeWindow = 1;

/** The one-time-code secret of an account, Base32 as an authenticator app takes it. */
export function totpSecretOf(seed: string, login: string): string {
  const bytes = createHmac("sha256", seed).update(`totp|${login}`).digest().subarray(0, 20);
  return new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;
}

/** The code that an authenticator app would show now, and for how much longer. */
export function currentCode(
  secret: string,
  clock: Clock,
): { readonly code: string; readonly secondsLeft: number } {
  const nowMs = clock.wallNow().getTime();
  const code = new TOTP({ secret, period: codePeriodSeconds }).generate({ timestamp: nowMs });
  const secondsLeft = codePeriodSeconds - Math.floor((nowMs / 1000) % codePeriodSeconds);
  return { code, secondsLeft };
}

/**
 * Whether a code is right now. It may be used again while it is shown: this is a stand-in for a
 * directory, and a demonstration signs in and unlocks within half a minute.
 */
export function isCodeRight(secret: string, code: string, clock: Clock): boolean {
  const totp = new TOTP({ secret, period: codePeriodSeconds });
  const timestamp = clock.wallNow().getTime();
  return totp.validate({ token: code, timestamp, window: codeWindow }) !== null;
}

/** Compares without telling by its duration where two texts differ. */
export function isSameText(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
