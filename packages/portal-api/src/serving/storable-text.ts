/**
 * Where a parsed value holds text that no database keeps as it is: U+0000 (PostgreSQL has no such text) and halves of
 * surrogate pairs (UTF-8 has none). As a path like `body.noteText`; null when all text can be stored.
 */
export function unstorableText(value: unknown, at: string): string | null {
  if (typeof value === "string") return value.includes("\0") || !value.isWellFormed() ? at : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, part] of Object.entries(value)) {
    const found = unstorableText(part, `${at}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
