const secondMs = 1_000;
const minuteS = 60;
const hourS = 3_600;

/** `65_000` → `1:05`; from an hour on `1:00:05`. Negative durations (clock skew) show as `0:00`. */
export function clockDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / secondMs));
  const hours = Math.floor(total / hourS);
  const minutes = Math.floor((total % hourS) / minuteS);
  const seconds = String(total % minuteS).padStart(2, "0");
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`
    : `${minutes}:${seconds}`;
}

/** Milliseconds from `instant` (ISO 8601) to `nowMs`, never negative; 0 when the instant cannot be read. */
export function sinceMs(instant: string, nowMs: number): number {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? 0 : Math.max(0, nowMs - at);
}
