import { request } from "node:https";
import { type Clock, readTlsFiles, type TlsFiles } from "@careline/platform";
import { z } from "zod";

const answerWithinMs = 3000;
const errorSchema = z.object({ error: z.string() });

/** One answer of etcd's JSON gateway: its body, or the error that it names. */
export type GatewayAnswer =
  | { readonly kind: "done"; readonly body: unknown }
  | { readonly kind: "refused"; readonly error: string }
  | { readonly kind: "silent"; readonly error: string };

/** Calls etcd's JSON gateway; never throws for what the other side says or fails to say. */
export function callGateway(
  where: { readonly url: string; readonly tls: TlsFiles; readonly token: string | null },
  path: string,
  body: unknown,
  clock: Clock,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  return new Promise((resolve) => {
    const sent = request(
      new URL(path, where.url),
      {
        ...readTlsFiles(where.tls),
        method: "POST",
        agent: false,
        signal: AbortSignal.any([signal, clock.deadline(answerWithinMs)]),
        headers: where.token === null ? {} : { authorization: where.token },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve(read(response.statusCode ?? 0, text)));
        response.on("error", (cause) => resolve({ kind: "silent", error: cause.message }));
      },
    );
    sent.on("error", (cause) => resolve({ kind: "silent", error: cause.message }));
    sent.end(JSON.stringify(body));
  });
}

function read(status: number, text: string): GatewayAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "silent", error: `answered ${status} without JSON` };
  }
  if (status === 200) return { kind: "done", body };
  const refusal = errorSchema.safeParse(body);
  return { kind: "refused", error: refusal.success ? refusal.data.error : `answered ${status}` };
}
