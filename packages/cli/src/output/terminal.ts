import type { Clock } from "@careline/platform";
import { formatElapsed, type Output } from "./output.ts";

/** Output of a real terminal or pipe. */
export function terminalOutput(clock: Clock, isJson: boolean): Output {
  const beganMs = clock.monotonicMs();
  const isInteractive = process.stdout.isTTY && !isJson;
  return {
    isJson,
    isInteractive,
    line: (text = "") => {
      if (!isJson) process.stdout.write(`${text}\n`);
    },
    json: (value) => {
      if (isJson) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    progress: (text) => {
      const elapsed = formatElapsed(clock.monotonicMs() - beganMs).padStart(7);
      process.stderr.write(`${elapsed}  ${text}\n`);
    },
    note: (text) => process.stderr.write(`${text}\n`),
    redraw: (text) => {
      // Cursor home, then clear to the end: no flicker.
      process.stdout.write(isInteractive ? `\u001b[H\u001b[J${text}\n` : `${text}\n`);
    },
  };
}
