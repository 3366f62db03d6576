import { type ChildProcess, execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { readTlsFiles, systemClock, type TlsFiles } from "@careline/platform";
import { Agent, request } from "undici";
import { QuorumStore, toBase64 } from "../store/index.ts";
import { createAuthority, type TrialAuthority } from "./authority.ts";
import { eventually, freePorts, type Trial } from "./trial.ts";

export interface EtcdTrialMember {
  readonly name: string;
  readonly url: string;
  process: ChildProcess;
  /** Starts it again on its data. */
  start(): void;
  /** While it does not run: makes it the only member of a new cluster, from its own database (docs/runbooks/quorum-lost.md). */
  restoreAlone(): void;
}

/** Three real members with TLS, client certificates, users and roles, as the lab runs them. */
export interface EtcdTrial {
  readonly members: readonly EtcdTrialMember[];
  readonly clientTls: TlsFiles;
  /** The store as user `controller` of `system`, asking `first` first. */
  open(system: string, first?: string, user?: string): QuorumStore;
  leader(): Promise<EtcdTrialMember>;
  /** One raw request as the root user. */
  admin(path: string, body: unknown): Promise<string>;
  /** The same at one member. */
  ask(name: string, path: string, body: unknown): Promise<string>;
}

const SITES = ["east", "west", "witness"] as const;

export async function startEtcdTrial(
  trial: Trial,
  systems: readonly string[],
  authority: TrialAuthority = createAuthority(trial.dir),
): Promise<EtcdTrial> {
  const tls = authority.issue("etcd", "/CN=etcd");
  // etcd 3.4's JSON gateway refuses client certificates that have a common name while authentication is on.
  const clientTls = authority.issue("store-client", "/O=Careline/OU=store-client");
  const ports = await freePorts(6);
  const peers = SITES.map((site, at) => `${site}=https://127.0.0.1:${ports[at]}`);
  const members = SITES.map((name, at): EtcdTrialMember => {
    const url = `https://127.0.0.1:${ports[at + 3]}`;
    const peer = `https://127.0.0.1:${ports[at]}`;
    const args = memberArguments({ name, url, peer, dir: trial.dir, peers: peers.join(","), tls });
    const start = (): ChildProcess => trial.spawn(`etcd-${name}`, "etcd", args);
    const member = {
      name,
      url,
      process: start(),
      start: () => {
        member.process = start();
      },
      restoreAlone: () => restoreAlone(join(trial.dir, `etcd-${name}`), name, peer),
    };
    return member;
  });
  const agent = new Agent({ connect: readTlsFiles(clientTls), keepAliveTimeout: 1 });
  const post = async (
    url: string,
    path: string,
    body: unknown,
    token?: string,
  ): Promise<string> => {
    const answer = await request(url + path, {
      method: "POST",
      body: JSON.stringify(body),
      dispatcher: agent,
      headers: token === undefined ? {} : { authorization: token },
      headersTimeout: 8_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return text;
  };
  const first = members[0];
  if (first === undefined) throw new Error("no members");
  await eventually("the store elects a leader", 20_000, async () => {
    await post(first.url, "/v3/kv/range", { key: toBase64("x") });
    return true;
  });
  for (const step of accountsFor(systems)) await post(first.url, step.path, step.body);
  const askAsRoot = async (url: string, path: string, body: unknown): Promise<string> => {
    const root = { name: "root", password: "root-secret" };
    const token = await post(url, "/v3/auth/authenticate", root);
    return post(url, path, body, (JSON.parse(token) as { token: string }).token);
  };
  const alive = (): EtcdTrialMember[] => members.filter(isAlive);
  return {
    members,
    clientTls,
    open(system, firstName = "east", user = "controller") {
      const ordered = [...members].sort(
        (a, b) => Number(b.name === firstName) - Number(a.name === firstName),
      );
      return new QuorumStore({
        system,
        members: ordered,
        tls: readTlsFiles(clientTls),
        user,
        password: `${user}-secret`,
        requestTimeoutMs: 400,
        clock: systemClock,
      });
    },
    async leader() {
      return eventually("a leader is known", 10_000, async () => {
        for (const member of alive()) {
          const text = await post(member.url, "/v3/maintenance/status", {});
          const status = JSON.parse(text) as { leader?: string; header: { member_id: string } };
          if (status.leader === status.header.member_id) return member;
        }
        return null;
      });
    },
    admin: (path, body) => askAsRoot(alive()[0]?.url ?? first.url, path, body),
    ask: (name, path, body) =>
      askAsRoot(members.find((member) => member.name === name)?.url ?? first.url, path, body),
  };
}

/** Not by --force-new-cluster: after a kill that drops log entries which the database has applied already. */
function restoreAlone(dataDir: string, name: string, peer: string): void {
  const database = join(dataDir, "member", "snap", "db");
  const restored = `${dataDir}-restored`;
  execFileSync(
    "etcdctl",
    [
      ...["snapshot", "restore", database, "--skip-hash-check=true", `--data-dir=${restored}`],
      ...[`--name=${name}`, `--initial-cluster=${name}=${peer}`],
      ...[`--initial-advertise-peer-urls=${peer}`, "--initial-cluster-token=alone"],
    ],
    { env: { ...process.env, ETCDCTL_API: "3" }, stdio: "pipe" },
  );
  renameSync(dataDir, `${dataDir}-before`);
  renameSync(restored, dataDir);
}

function isAlive(member: EtcdTrialMember): boolean {
  return member.process.exitCode === null && member.process.signalCode === null;
}

/** Users and roles: root, one user per daemon, and `outsider` who may write nothing. */
function accountsFor(systems: readonly string[]): { path: string; body: unknown }[] {
  const users = ["root", "controller", "keeper", "outsider"];
  return [
    ...users.map((name) => ({
      path: "/v3/auth/user/add",
      body: { name, password: `${name}-secret` },
    })),
    { path: "/v3/auth/role/add", body: { name: "root" } },
    ...systems.flatMap((system) => [
      { path: "/v3/auth/role/add", body: { name: system } },
      {
        path: "/v3/auth/role/grant",
        body: {
          name: system,
          perm: {
            permType: "READWRITE",
            key: toBase64(`/careline/${system}/`),
            range_end: toBase64(`/careline/${system}0`),
          },
        },
      },
      ...["controller", "keeper"].map((user) => ({
        path: "/v3/auth/user/grant",
        body: { user, role: system },
      })),
    ]),
    { path: "/v3/auth/user/grant", body: { user: "root", role: "root" } },
    { path: "/v3/auth/enable", body: {} },
  ];
}

interface MemberAddresses {
  readonly name: string;
  readonly url: string;
  readonly peer: string;
  readonly peers: string;
  readonly dir: string;
  readonly tls: TlsFiles;
}

function memberArguments({ name, url, peer, peers, dir, tls }: MemberAddresses): string[] {
  return [
    ...["--name", name, "--data-dir", `${dir}/etcd-${name}`, "--pre-vote"],
    ...["--listen-client-urls", url, "--advertise-client-urls", url],
    ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer],
    ...["--initial-cluster", peers, "--bcrypt-cost", "4"],
    ...["--heartbeat-interval", "100", "--election-timeout", "1000"],
    ...["--cert-file", tls.cert, "--key-file", tls.key, "--trusted-ca-file", tls.ca],
    ...["--client-cert-auth", "--peer-client-cert-auth", "--peer-trusted-ca-file", tls.ca],
    ...["--peer-cert-file", tls.cert, "--peer-key-file", tls.key],
  ];
}
