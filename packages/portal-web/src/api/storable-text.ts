/** Control characters but tab and line breaks: nobody types them, a paste may bring them, and no database wants them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A body as it can be stored: its texts without control characters, and halves of emoji replaced (U+FFFD). */
export function storable<Body>(body: Body): Body {
  return clean(body) as Body;
}

/** What is left of a text when it is stored: a field with control characters only is an empty one. */
export function wordsOf(text: string): string {
  return storable(text).trim();
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return value.replace(controls, "").toWellFormed();
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]));
}
