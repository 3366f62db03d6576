export { refusal } from "./refusal.ts";
export type { TextKey, Translate } from "./translations.ts";
export {
  changeLanguage,
  currentLanguage,
  isLanguage,
  type Language,
  languages,
  preferredLanguage,
  startTranslations,
  t,
} from "./translations.ts";
export { useT } from "./use-t.ts";
