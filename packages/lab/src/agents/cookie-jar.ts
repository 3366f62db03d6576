/** Cookies of one simulated browser, per host (ports do not separate cookies). Knows what the portal and the identity provider need: set, replace, expire. */
export class CookieJar {
  readonly #byHost = new Map<string, Map<string, string>>();

  header(host: string): string | undefined {
    const cookies = this.#byHost.get(host);
    if (cookies === undefined || cookies.size === 0) return undefined;
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Takes the `set-cookie` lines of an answer. */
  take(host: string, lines: string | readonly string[] | undefined): void {
    if (lines === undefined) return;
    const cookies = this.#byHost.get(host) ?? new Map<string, string>();
    this.#byHost.set(host, cookies);
    for (const line of typeof lines === "string" ? [lines] : lines) {
      const [pair = "", ...attributes] = line.split(";");
      const at = pair.indexOf("=");
      if (at < 1) continue;
      const name = pair.slice(0, at).trim();
      const value = pair.slice(at + 1).trim();
      if (value === "" || attributes.some(endsCookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }
}

function endsCookie(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=").map((part) => part.trim().toLowerCase());
  if (name === "max-age") return Number(value) <= 0;
  return name === "expires" && Date.parse(value) <= Date.parse("1970-01-02T00:00:00Z");
}
