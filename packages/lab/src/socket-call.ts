import { request } from "node:http";
import { z } from "zod";
import { LabError, type LabErrorCode, labErrors } from "./errors.ts";

const refusalSchema = z.object({ code: z.string(), detail: z.string() });

/**
 * One JSON request to a process of the lab over its socket file.
 * Errors: LAB_NOT_RUNNING (nobody listens), or the code that the other side answered.
 */
export async function callSocket(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const answer = await exchange(socketPath, method, path, body, signal);
  const parsed: unknown = JSON.parse(answer.text);
  if (answer.status === 200) return parsed;
  const refusal = refusalSchema.safeParse(parsed);
  const code: LabErrorCode =
    refusal.success && refusal.data.code in labErrors
      ? (refusal.data.code as LabErrorCode)
      : "BAD_REQUEST";
  throw new LabError(code, refusal.success ? refusal.data.detail : `answered ${answer.status}`);
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, signal, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    sent.on("error", (cause: NodeJS.ErrnoException) => {
      if (signal.aborted) reject(signal.reason);
      else if (["ENOENT", "ECONNREFUSED", "ECONNRESET"].includes(cause.code ?? "")) {
        reject(new LabError("LAB_NOT_RUNNING", "the lab does not answer", { cause }));
      } else reject(cause);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
