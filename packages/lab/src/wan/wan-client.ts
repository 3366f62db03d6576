import { callSocket } from "../socket-call.ts";
import { type WanAnswer, type WanCommand, wanAnswerSchema } from "./wan-config.ts";

/**
 * Asks the running WAN for something; answers when it is in effect.
 * Errors: LAB_NOT_RUNNING, UNKNOWN_LINK, BAD_REQUEST.
 */
export async function commandWan(
  controlSocket: string,
  command: WanCommand,
  signal: AbortSignal,
): Promise<WanAnswer> {
  const answer = await callSocket(controlSocket, "POST", "/commands", command, signal);
  return wanAnswerSchema.parse(answer);
}

/** How all links are now. Errors: LAB_NOT_RUNNING. */
export async function readLinks(controlSocket: string, signal: AbortSignal): Promise<WanAnswer> {
  return wanAnswerSchema.parse(await callSocket(controlSocket, "GET", "/links", undefined, signal));
}
