import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { own, removeDirectory } from "./unprivileged.ts";

/** Paths of a PEM certificate, its key and the authority's certificate. */
export interface IssuedFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives as long as one test file. */
export interface TestAuthority {
  readonly ca: string;
  /** A certificate for this common name, valid as server (localhost, 127.0.0.1) and client, for a day. */
  issue(commonName: string): IssuedFiles;
  remove(): void;
}

export function createTestAuthority(): TestAuthority {
  const directory = mkdtempSync(join(tmpdir(), "careline-ca-"));
  chmodSync(directory, 0o755);
  const ca = join(directory, "ca.pem");
  const caKey = join(directory, "ca.key");
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    caKey,
    "-out",
    ca,
    "-days",
    "1",
    "-subj",
    "/CN=Careline test authority",
  );
  return {
    ca,
    issue(commonName) {
      const base = join(directory, commonName.replaceAll(/[^\w.-]/g, "_"));
      const [cert, key, request, extensions] = [
        `${base}.pem`,
        `${base}.key`,
        `${base}.csr`,
        `${base}.ext`,
      ];
      writeFileSync(
        extensions,
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
      );
      openssl("req", ...newKey, "-keyout", key, "-out", request, "-subj", `/CN=${commonName}`);
      openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        ca,
        "-CAkey",
        caKey,
        "-CAcreateserial",
        "-out",
        cert,
        "-days",
        "1",
        "-extfile",
        extensions,
      );
      chmodSync(key, 0o600);
      own(key);
      return { ca, cert, key };
    },
    remove: () => removeDirectory(directory),
  };
}
