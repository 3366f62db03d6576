import { tlsFilesSchema } from "@careline/platform";
import { z } from "zod";

/** One person who can sign in. All of them are fictional. */
export const accountSchema = z.strictObject({
  login: z.string(),
  /** `sub` of the tokens. */
  subject: z.string(),
  name: z.string(),
  email: z.email(),
  groups: z.array(z.string()),
});
export type IdentityAccount = z.infer<typeof accountSchema>;

export const accountsFileSchema = z.strictObject({ accounts: z.array(accountSchema) });

/** Configuration file of the identity provider. */
export const identityConfigSchema = z.strictObject({
  listen: z.strictObject({ host: z.string(), port: z.number().int() }),
  tls: tlsFilesSchema,
  issuer: z.url(),
  client: z.strictObject({
    id: z.string(),
    secretFile: z.string(),
    redirectUris: z.array(z.url()).min(1),
    afterSignOutUris: z.array(z.url()),
  }),
  accountsFile: z.string(),
  /** The demonstration password, the same for all. */
  passwordFile: z.string(),
  /** What each account's one-time-code secret is derived from. */
  totpSeedFile: z.string(),
  /** Signs cookies. */
  cookieKeyFile: z.string(),
  /** Sessions, grants and codes; one file each. Signing keys. */
  dataDir: z.string(),
});
export type IdentityConfig = z.infer<typeof identityConfigSchema>;
