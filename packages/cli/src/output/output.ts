/** Where a command says things. Results go to standard output; progress and problems to standard error. */
export interface Output {
  /** Whether results are JSON for programs. */
  readonly isJson: boolean;
  /** Whether a person watches: progress may rewrite its line. */
  readonly isInteractive: boolean;
  /** A result as text; nothing in JSON mode. */
  line(text?: string): void;
  /** A result for programs; nothing in text mode. */
  json(value: unknown): void;
  /** What is being done, with the time since the command began. */
  progress(text: string): void;
  /** A line on standard error. */
  note(text: string): void;
  /** Takes the whole screen anew; for `--watch`. */
  redraw(text: string): void;
}

/** 3 s → "3.0 s", 83 s → "1 min 23 s". */
export function formatElapsed(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** 1536 → "1.5 KiB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Columns of equal width, two blanks between them. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
