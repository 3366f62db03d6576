import type { WrapUp } from "@careline/portal-contract/calls/index.ts";
import type { Call } from "./call.ts";
import { isOnLine } from "./call.ts";

export type CloseBlock = Call["closeBlockedBy"][number];

/**
 * What still stands between the call and its close, judged by what is on the screen: the service's own list
 * is as old as the last save, and decides in the end.
 */
export function closeBlocks(
  call: Pick<Call, "state" | "screen">,
  wrapUp: WrapUp,
  isCodeRequired: boolean,
): readonly CloseBlock[] {
  const blocks: CloseBlock[] = [];
  if (isOnLine(call)) blocks.push("still_on_line");
  if (call.screen === null) blocks.push("screen_unanswered");
  if (wrapUp.reason === null) blocks.push("reason_missing");
  if (isCodeRequired && wrapUp.code === null) blocks.push("wrap_up_code_missing");
  return blocks;
}

/** An instant as the value of a date field, in this computer's zone. */
export function localDay(instant: string | null): string {
  if (instant === null) return "";
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "";
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Noon of that day in this computer's zone, as an instant: no change of clocks moves it to another day. */
export function readDay(day: string): string | null {
  const at = new Date(`${day}T12:00:00`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
