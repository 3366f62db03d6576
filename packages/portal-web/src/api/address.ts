/** Fills `:name` parts and appends the query. Throws TypeError for a parameter that is missing. */
export function addressOf(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${path} needs ${name}`);
    return encodeURIComponent(textOf(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, textOf(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** Strings as they are; numbers and booleans as JSON writes them. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
