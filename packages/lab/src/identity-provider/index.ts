export { type AccountCredentials, accountOf } from "./account-of.ts";
export { currentCode, totpSecretOf } from "./credentials.ts";
export type { IdentityAccount, IdentityConfig } from "./identity-config.ts";
