import { useTranslation } from "react-i18next";
import type { Translate } from "./translations.ts";

/** The translating function of a component; renders again when the language changes. */
export function useT(): Translate {
  const { t } = useTranslation();
  return (key, values) => t(key, values ?? {});
}
