import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { english } from "./en/index.ts";

/** Names of the languages in themselves, in the order in which they are offered. */
export const languages = { en: "English", es: "Español" } as const;
export type Language = keyof typeof languages;

type Leaves<Tree, Path extends string = ""> = {
  [Key in keyof Tree & string]: Tree[Key] extends string
    ? `${Path}${WithoutPlural<Key>}`
    : Leaves<Tree[Key], `${Path}${Key}.`>;
}[keyof Tree & string];
type WithoutPlural<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other`
  ? Base
  : Key;

/** A text of the catalogue, `domain.name`. */
export type TextKey = Leaves<typeof english>;
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** The text of `key` in the chosen language. Components take it from `useT`, so that they follow a change. */
export const t: Translate = (key, values) => i18next.t(key, values ?? {});

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(languages, code);
}

/** The browser's language where there is a catalogue for it, English otherwise. */
export function preferredLanguage(offered: readonly string[]): Language {
  for (const tag of offered) {
    const code = tag.slice(0, 2).toLowerCase();
    if (isLanguage(code)) return code;
  }
  return "en";
}

export function currentLanguage(): Language {
  const code = i18next.language ?? "en";
  return isLanguage(code) ? code : "en";
}

/** Loads the catalogue of `language` (English is part of the first bundle, others are fetched) and switches to it. */
export async function changeLanguage(language: Language): Promise<void> {
  if (language === "es" && !i18next.hasResourceBundle("es", "translation")) {
    const { spanish } = await import("./es/index.ts");
    i18next.addResourceBundle("es", "translation", spanish);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Called once before the first render. */
export async function startTranslations(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: english } },
    // React escapes what it renders; escaping here as well would show &amp; to people.
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0]);
  await changeLanguage(language);
}
