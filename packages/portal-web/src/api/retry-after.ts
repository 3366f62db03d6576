/** `Retry-After` in seconds as milliseconds; null when absent or a date (which needs another machine's clock). */
export function retryAfterMs(headers: Headers): number | null {
  const text = headers.get("retry-after");
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : null;
}
