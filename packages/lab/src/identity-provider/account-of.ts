import { readSecret } from "@careline/platform";
import type { Layout } from "../layout/index.ts";
import { totpSecretOf } from "./credentials.ts";

/** What a simulated person needs to sign in. */
export interface AccountCredentials {
  readonly login: string;
  readonly password: string;
  /** Base32, as an authenticator app would hold it. */
  readonly totpSecret: string;
}

/** The credentials of a demonstration account, from the lab's secret files. Errors: SECRET_UNREADABLE. */
export function accountOf(layout: Layout, login: string): AccountCredentials {
  return {
    login,
    password: readSecret(layout.secretFile("identity-demo-password")),
    totpSecret: totpSecretOf(readSecret(layout.secretFile("identity-totp-seed")), login),
  };
}
