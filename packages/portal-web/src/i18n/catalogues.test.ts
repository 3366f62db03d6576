import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { expect, it } from "vitest";
import { english } from "./en/index.ts";
import { spanish } from "./es/index.ts";
import { preferredLanguage } from "./translations.ts";

function leaves(tree: object, path = ""): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string"
      ? [[`${path}${name}`, value] as const]
      : leaves(value as object, `${path}${name}.`),
  );
}
const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{\w+\}\}/g)].map(([found]) => found).sort();

it("has the same texts in English and Spanish, with the same placeholders, none empty", () => {
  const spanishTexts = new Map(leaves(spanish));
  const englishTexts = leaves(english);
  expect([...spanishTexts.keys()].sort()).toEqual(englishTexts.map(([key]) => key).sort());
  for (const [key, text] of englishTexts) {
    const other = spanishTexts.get(key) ?? "";
    expect([key, text.trim()]).not.toEqual([key, ""]);
    expect([key, other.trim()]).not.toEqual([key, ""]);
    expect([key, placeholders(other)]).toEqual([key, placeholders(text)]);
  }
});

it("speaks the browser's language where there is a catalogue", () => {
  expect(preferredLanguage(["fr-FR", "es-MX", "en"])).toBe("es");
  expect(preferredLanguage(["ja"])).toBe("en");
});

const source = join(import.meta.dirname, "..");
const components = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".tsx") && !path.endsWith(".test.tsx"),
);
/** Attributes whose text a person reads or hears. */
const spoken = new Set([
  "aria-label",
  "aria-description",
  "title",
  "alt",
  "placeholder",
  "label",
  "description",
]);

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

function literalTexts(node: unknown, found: string[]): void {
  if (Array.isArray(node)) {
    for (const each of node) literalTexts(each, found);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const { type, value, name } = node as Node;
  if (type === "JSXText" && /\p{L}{2}/u.test(String(value))) found.push(String(value).trim());
  if (type === "JSXAttribute") {
    const attribute = (name as Node | undefined)?.name;
    const literal = (value as Node | null)?.value;
    if (spoken.has(String(attribute)) && typeof literal === "string" && /\p{L}/u.test(literal))
      found.push(literal);
  }
  for (const child of Object.values(node)) literalTexts(child, found);
}

it.each(components)("has no text of its own: %s", (path) => {
  const { program } = parseSync(path, readFileSync(join(source, path), "utf8"));
  const found: string[] = [];
  literalTexts(program, found);
  // The product's own name is the same in every language.
  expect(found.filter((text) => text !== "Careline")).toEqual([]);
});

it("holds no text that no screen shows", () => {
  const code = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/(^i18n\/(en|es)\/|\.test\.)/.test(path))
    .map((path) => readFileSync(join(source, path), "utf8"))
    .join("\n");
  const isShown = (key: string): boolean => {
    const base = key.replace(/_(one|other)$/, "");
    // Chosen by a value: `desk.state.${call.state}`.
    return code.includes(base) || code.includes(`\`${base.replace(/[^.]*$/, "")}$`);
  };
  expect(
    leaves(english)
      .map(([key]) => key)
      .filter((key) => !isShown(key)),
  ).toEqual([]);
});
