import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsFiles } from "@careline/platform";

/** A certificate authority in a directory of its own, for integration tests. */
export interface TrialAuthority {
  readonly ca: string;
  /** Issues a certificate for 127.0.0.1. `subject` as openssl writes it, e.g. `/CN=keeper.east`. */
  issue(name: string, subject: string): TlsFiles;
}

export function createAuthority(dir: string): TrialAuthority {
  const run = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  run(
    "req",
    "-x509",
    ...curve,
    "-days",
    "2",
    "-subj",
    "/CN=trial authority",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
  );
  writeFileSync(join(dir, "ca.srl"), "1000\n");
  return {
    ca: join(dir, "ca.crt"),
    issue(name, subject) {
      const at = (suffix: string): string => `${name}.${suffix}`;
      const names = "subjectAltName=IP:127.0.0.1,DNS:localhost";
      run(
        "req",
        "-new",
        ...curve,
        "-subj",
        subject,
        "-addext",
        names,
        "-keyout",
        at("key"),
        "-out",
        at("csr"),
      );
      run(
        ...["x509", "-req", "-in", at("csr"), "-CA", "ca.crt", "-CAkey", "ca.key", "-days", "2"],
        ...["-copy_extensions", "copy", "-out", at("crt")],
      );
      chmodSync(join(dir, at("key")), 0o600);
      return { ca: join(dir, "ca.crt"), cert: join(dir, at("crt")), key: join(dir, at("key")) };
    },
  };
}
