import { currentLanguage } from "../i18n/index.ts";

/** `es` → `Spanish`, in the language of the screens; the tag itself where the browser knows no name. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([currentLanguage()], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
