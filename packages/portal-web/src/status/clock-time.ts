import { currentLanguage } from "../i18n/index.ts";

/** An instant as the clock on the wall shows it, in the language of the screen. */
export function clockTime(instant: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "medium" }).format(
    new Date(instant),
  );
}
