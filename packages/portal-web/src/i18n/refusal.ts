import { english } from "./en/index.ts";
import type { Translate } from "./translations.ts";

/** Why the service refused something and what to do, in the words of the screen, with the code that support asks for. */
export function refusal(t: Translate, code: string): string {
  if (!isExplained(code)) return t("errors.refused", { code });
  return t("errors.refusedBecause", { text: t(`errors.because.${code}`), code });
}

function isExplained(code: string): code is keyof typeof english.errors.because {
  return Object.hasOwn(english.errors.because, code);
}
