export { formatBytes, formatElapsed, formatTable, type Output } from "./output.ts";
export { reportFailure } from "./report-failure.ts";
export { terminalOutput } from "./terminal.ts";
