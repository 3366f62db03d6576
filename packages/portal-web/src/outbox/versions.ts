/** The version that the service named when it refused an edit; null when it named none. */
export function currentVersionOf(problem: unknown): number | null {
  if (typeof problem !== "object" || problem === null || !("currentVersion" in problem))
    return null;
  return typeof problem.currentVersion === "number" ? problem.currentVersion : null;
}

/** One line per field, so that two versions can be compared by eye. Ids and versions are left out; `nameOf` names a path. */
export function plainVersion(body: unknown, nameOf: (path: string) => string): string {
  if (typeof body !== "object" || body === null) return textOf(body);
  return linesOf(body, "", nameOf).join("\n");
}

function linesOf(value: object, path: string, nameOf: (path: string) => string): readonly string[] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    if (/(Id|version)$/.test(name) || each === null || each === "") return [];
    const place = path === "" ? name : `${path}.${name}`;
    return typeof each === "object"
      ? linesOf(each, place, nameOf)
      : [`${nameOf(place)}: ${textOf(each)}`];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
