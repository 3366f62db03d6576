/** The record as the service has it, from a problem document's `current` and `currentVersion`. */
export function theirVersion(body: unknown): {
  readonly content: unknown;
  readonly version: number | null;
} {
  if (typeof body !== "object" || body === null) return { content: null, version: null };
  const content = "current" in body ? body.current : null;
  const version =
    "currentVersion" in body && typeof body.currentVersion === "number"
      ? body.currentVersion
      : null;
  return { content, version };
}

/** One line per field, so that two versions can be compared by eye. Ids and versions are left out. */
export function plainVersion(body: unknown): string {
  if (typeof body !== "object" || body === null) return textOf(body);
  return linesOf(body, "").join("\n");
}

function linesOf(value: object, path: string): readonly string[] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    if (/(Id|version)$/.test(name) || each === null || each === "") return [];
    const place = path === "" ? name : `${path}.${name}`;
    return typeof each === "object" ? linesOf(each, place) : [`${place}: ${textOf(each)}`];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
