import { type Clock, readSecret } from "@careline/platform";
import { z } from "zod";
import { LabError } from "../errors.ts";
import type { EtcdSetupConfig } from "./etcd-config.ts";
import { callGateway, type GatewayAnswer } from "./gateway.ts";

const tokenSchema = z.object({ token: z.string() });
const betweenAttemptsMs = 100;

/** Calls as etcd's root user, or without a user while authentication is still off. */
export interface RootSession {
  readonly isAuthenticated: boolean;
  /** Good at every member; null while authentication is off. */
  readonly token: string | null;
  call(path: string, body: unknown): Promise<GatewayAnswer>;
}

/**
 * Signs in at the first member that answers, again and again until one does: a cluster that has
 * no leader yet refuses. Errors: the signal's reason.
 */
export async function openRootSession(
  config: EtcdSetupConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<RootSession> {
  const credentials = { name: "root", password: readSecret(config.rootPasswordFile) };
  for (;;) {
    for (const { url } of config.members) {
      const at = { url, tls: config.tls, token: null };
      const answer = await callGateway(at, "/v3/auth/authenticate", credentials, clock, signal);
      if (answer.kind === "done") {
        const { token } = tokenSchema.parse(answer.body);
        return session({ ...at, token }, clock, signal);
      }
      if (answer.kind === "refused" && answer.error.includes("authentication is not enabled")) {
        return session(at, clock, signal);
      }
    }
    await clock.sleep(betweenAttemptsMs, signal);
  }
}

function session(
  at: Parameters<typeof callGateway>[0],
  clock: Clock,
  signal: AbortSignal,
): RootSession {
  return {
    isAuthenticated: at.token !== null,
    token: at.token,
    call: (path, body) => callGateway(at, path, body, clock, signal),
  };
}

/** The body of an answer that had to succeed; `tolerated` names refusals that mean "already so". */
export function mustSucceed(answer: GatewayAnswer, what: string, tolerated?: string): unknown {
  if (answer.kind === "done") return answer.body;
  if (tolerated !== undefined && answer.error.includes(tolerated)) return null;
  throw new LabError("PREPARE_FAILED", `etcd: ${what}: ${answer.error}`);
}
