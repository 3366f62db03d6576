import { formatBytes } from "../output/index.ts";

/** What may be lost, as a controller bounds it; null: nobody knows. */
export interface Loss {
  readonly seconds: number | null;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly openCalls: number | null;
  /** Whether the standby has every write that was acknowledged as geo durable. */
  readonly geoComplete: boolean;
}

/** "≤ 3.2 s, ≤ 41 rows, 12 open calls", and what is not among it. What is unknown is said to be. */
export function lossText(region: string, loss: Loss): string {
  const { seconds, bytes, rows, openCalls, geoComplete } = loss;
  const parts = [
    seconds === null ? "an unknown time of writes" : `≤ ${seconds.toFixed(1)} s of writes`,
    rows === null ? "an unknown number of rows" : `≤ ${rows} rows`,
    bytes === null ? "an unknown amount of log" : `≤ ${formatBytes(bytes)} of log`,
  ];
  const calls = openCalls === null ? "an unknown number of" : String(openCalls);
  const geo = geoComplete
    ? "Writes of class geo are not among them."
    : "WRITES OF CLASS GEO MAY BE AMONG THEM: two approvers besides you must agree.";
  return `A take-over by ${region} may lose: ${parts.join(", ")}; ${calls} calls are open.
${geo} Browsers send again what they still hold.`;
}
