import { describeError } from "@careline/platform";
import type { Pool } from "undici";

/** The path of one request after it failed: what may be done next. */
export type Failure = "not-sent" | "unknown" | "token" | "denied" | "refused" | "older-life";

/** Why one member gave no usable answer to one request. Stays within the store's own files. */
export class EtcdFailure extends Error {
  override readonly name = "EtcdFailure";
  readonly kind: Failure;
  constructor(kind: Failure, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** One request to one member: the parsed body of its answer. Error: EtcdFailure. */
export async function post(
  pool: Pool,
  path: string,
  body: unknown,
  token: string | null,
  signal: AbortSignal,
): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const answer = await pool.request({
      path,
      method: "POST",
      body: JSON.stringify(body),
      headers: token === null ? {} : { authorization: token },
      signal,
    });
    status = answer.statusCode;
    text = await answer.body.text();
  } catch (thrown) {
    throw new EtcdFailure(
      neverSent(thrown) ? "not-sent" : "unknown",
      describeError(thrown),
      thrown,
    );
  }
  if (status !== 200) throw failureOf(status, text);
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new EtcdFailure("unknown", "the store's answer is not JSON", thrown);
  }
}

/** Only a connection that was never made proves that the member got nothing. */
function neverSent(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ECONNREFUSED" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "ENETUNREACH";
}

export function failureOf(status: number, text: string): EtcdFailure {
  const message = text.slice(0, 200).trim();
  if (status === 401) return new EtcdFailure("token", message);
  // A member that was restarted while authentication was being enabled answers 400 "user name is empty".
  if (message.includes("user name is empty")) return new EtcdFailure("token", message);
  if (status === 403) return new EtcdFailure("denied", message);
  if (status === 400 && message.includes("authentication failed")) {
    return new EtcdFailure("denied", message);
  }
  if (status >= 500 || status === 429) return new EtcdFailure("unknown", message);
  return new EtcdFailure("refused", message);
}
