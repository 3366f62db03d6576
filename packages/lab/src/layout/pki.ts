import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@careline/platform";
import type { Layout } from "./layout.ts";
import { giveTo } from "./owner.ts";
import { peerAddress } from "./ports.ts";
import { runProgram } from "./run-program.ts";
import { type Place, regions, sites } from "./sites.ts";

/** Who an operator certificate belongs to; the role is its organisational unit. */
export interface Operator {
  readonly name: string;
  readonly role: "viewer" | "operator" | "approver";
}

/** Two approvers, because an approval takes two different people. */
export const operators: readonly Operator[] = [
  { name: "vera", role: "viewer" },
  { name: "otto", role: "operator" },
  { name: "ada", role: "approver" },
  { name: "abel", role: "approver" },
];

interface Subject {
  /** Name of the files. */
  readonly name: string;
  /** Where it differs from `name`. Null: none, since etcd's JSON gateway refuses client certificates that have one. */
  readonly commonName?: string | null;
  readonly unit?: string;
  /** Addresses beside localhost and 127.0.0.1. */
  readonly addresses?: readonly string[];
}

const authorityDays = 3650;
const certificateDays = 365;
/** A certificate with less left than this is made anew at the next start. */
const renewBeforeDays = 30;
const dayMs = 86_400_000;

/** Everyone who gets a certificate. */
export function certificateSubjects(): readonly Subject[] {
  const of = (process: string, place: Place): Subject => ({ name: `${process}.${place}` });
  return [
    ...sites.flatMap((site) => [
      { ...of("etcd", site), addresses: [peerAddress(site)] },
      of("controller", site),
      { ...of("store-client", site), commonName: null, unit: "store-client" },
    ]),
    ...regions.flatMap((region) => [
      ...["keeper", "portal", "postgres", "redis"].map((process) => of(process, region)),
      { ...of("replication", region), commonName: "careline_replication" },
    ]),
    ...["haproxy", "identity-provider", "carrier"].map((process) => of(process, "edge")),
    ...operators.map(({ name, role }) => ({ name: `operator.${name}`, unit: role })),
  ];
}

/**
 * Makes the authority and all certificates that are missing or end within 30 days.
 * Keys are EC P-256, readable by the owner only. The authority may sign for localhost and the
 * lab's own addresses only, so that trusting it in a browser opens nothing else.
 */
export async function ensurePki(layout: Layout, clock: Clock, signal: AbortSignal): Promise<void> {
  const dir = join(layout.stateDir, "pki");
  await ensureAuthority(layout, dir, signal);
  const wanted = certificateSubjects().filter(
    (subject) => !isCurrent(join(dir, `${subject.name}.crt`), clock),
  );
  // Each takes about 30 ms of one core; two at a time fill this kind of machine.
  const lanes = [0, 1].map(async (lane) => {
    for (const subject of wanted.filter((_, index) => index % 2 === lane)) {
      await issue(layout, dir, subject, signal);
    }
  });
  await Promise.all(lanes);
  writeFrontDoorBundle(layout, dir);
}

function isCurrent(certificateFile: string, clock: Clock): boolean {
  if (!existsSync(certificateFile)) return false;
  const until = new X509Certificate(readFileSync(certificateFile)).validToDate;
  return until.getTime() - clock.wallNow().getTime() > renewBeforeDays * dayMs;
}

async function ensureAuthority(layout: Layout, dir: string, signal: AbortSignal): Promise<void> {
  if (existsSync(join(dir, "ca.crt"))) return;
  await runProgram(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-keyout", "ca.key", "-out", "ca.crt.new", "-days", String(authorityDays)],
      ...["-subj", `/O=Careline/CN=Careline lab authority ${layout.settings.installation}`],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
      "-addext",
      "nameConstraints=critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,permitted;IP:192.0.2.0/255.255.255.0",
    ],
    { cwd: dir },
    signal,
  );
  chmodSync(join(dir, "ca.key"), 0o600);
  renameSync(join(dir, "ca.crt.new"), join(dir, "ca.crt"));
  chmodSync(join(dir, "ca.crt"), 0o644);
}

async function issue(
  layout: Layout,
  dir: string,
  subject: Subject,
  signal: AbortSignal,
): Promise<void> {
  const { name, commonName = name } = subject;
  const unit = subject.unit === undefined ? "" : `/OU=${subject.unit}`;
  const alternative = ["DNS:localhost", "IP:127.0.0.1"].concat(
    (subject.addresses ?? []).map((address) => `IP:${address}`),
  );
  await runProgram(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-CA", "ca.crt", "-CAkey", "ca.key", "-days", String(certificateDays)],
      ...["-keyout", `${name}.key.new`, "-out", `${name}.crt.new`],
      ...["-subj", `/O=Careline${unit}${commonName === null ? "" : `/CN=${commonName}`}`],
      ...["-addext", `subjectAltName=${alternative.join(",")}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-addext", "extendedKeyUsage=serverAuth,clientAuth"],
      ...["-addext", "keyUsage=critical,digitalSignature"],
    ],
    { cwd: dir },
    signal,
  );
  for (const kind of ["key", "crt"]) {
    const file = join(dir, `${name}.${kind}`);
    chmodSync(`${file}.new`, kind === "key" ? 0o600 : 0o644);
    giveTo(layout.owner, `${file}.new`);
    renameSync(`${file}.new`, file);
  }
}

/** HAProxy wants the certificate and its key in one file. */
function writeFrontDoorBundle(layout: Layout, dir: string): void {
  const file = join(dir, "haproxy.edge.pem");
  const parts = ["crt", "key"].map((kind) => readFileSync(join(dir, `haproxy.edge.${kind}`)));
  writeFileSync(file, Buffer.concat(parts), { mode: 0o600 });
  giveTo(layout.owner, file);
}
