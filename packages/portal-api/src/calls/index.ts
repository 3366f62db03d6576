import type { RegisteredHandler } from "../serving/index.ts";
import { callbackHandlers } from "./callback-handlers.ts";
import { controlHandlers } from "./controls.ts";
import { dialHandlers } from "./dial.ts";
import { noteHandlers } from "./notes.ts";
import { callReadHandlers } from "./reads.ts";
import { taskHandlers } from "./task-handlers.ts";
import { transferHandlers } from "./transfer.ts";
import { wrapUpHandlers } from "./wrap-up.ts";

export {
  type CallChanges,
  type CallRow,
  changeCall,
  endColumns,
  lockCall,
  moveCall,
  talkEndColumns,
} from "./call-row.sql.ts";
export { liveStates, nextCallState, spokenStates } from "./call-state.ts";
export { readCallViews, toOffer } from "./call-view.sql.ts";
export { enterWrapUp } from "./controls.ts";
export { decodeCursor, type Place, pageFrom } from "./cursor.ts";
export { sendCommand } from "./send-command.sql.ts";
export { addTask } from "./tasks.sql.ts";
export { tellCall } from "./tell-call.ts";
export { addTimeline } from "./timeline.sql.ts";

/** Handlers of the calls' routes, those of linking patients left to `patients`. */
export const callsHandlers: readonly RegisteredHandler[] = [
  ...callReadHandlers,
  ...controlHandlers,
  ...transferHandlers,
  ...dialHandlers,
  ...wrapUpHandlers,
  ...noteHandlers,
  ...taskHandlers,
  ...callbackHandlers,
];
