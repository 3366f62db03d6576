import { readFileSync } from "node:fs";
import { z } from "zod";

/** Paths of a certificate, its key and the authority that the other end must chain to. PEM files. */
export const tlsFilesSchema = z.strictObject({
  ca: z.string(),
  cert: z.string(),
  key: z.string(),
});
export type TlsFiles = z.infer<typeof tlsFilesSchema>;

export interface TlsMaterial {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export function readTlsFiles(files: TlsFiles): TlsMaterial {
  return {
    ca: readFileSync(files.ca),
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
  };
}
