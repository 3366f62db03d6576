/** The first form of a page, as a person's browser would send it. */
export interface HtmlForm {
  readonly action: string;
  readonly method: string;
  /** Names with the values that the page gave them, hidden ones included. */
  readonly fields: ReadonlyMap<string, { readonly type: string; readonly value: string }>;
}

/** Reads the first form of a page; null when it has none. Enough HTML for sign-in pages without scripts. */
export function readForm(html: string): HtmlForm | null {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
  if (form === null) return null;
  const fields = new Map<string, { type: string; value: string }>();
  for (const [, text = ""] of (form[2] ?? "").matchAll(/<(?:input|button)\b([^>]*)>/gi)) {
    const name = attribute(text, "name");
    if (name !== null) {
      const type = (attribute(text, "type") ?? "text").toLowerCase();
      fields.set(name, { type, value: attribute(text, "value") ?? "" });
    }
  }
  const head = form[1] ?? "";
  return {
    action: attribute(head, "action") ?? "",
    method: (attribute(head, "method") ?? "get").toUpperCase(),
    fields,
  };
}

function attribute(text: string, name: string): string | null {
  const match = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(text);
  if (match === null) return null;
  return (match[1] ?? match[2] ?? match[3] ?? "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
