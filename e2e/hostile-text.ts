/** What people paste, and what others send. */
export const hostileTexts: Readonly<Record<string, string>> = {
  markup: `"><img src=x onerror="window.broken=1"><script>window.broken=1</script>`,
  "right-to-left": "\u202Egnirts desrever‏ الطفح على الذراعين",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈🤦🏽‍♀️",
  controls: "rash\u0000\u0007\u001b[31m on\u2028both\uFEFF arms \ud83d",
  long: "Wolfeschlegelsteinhausenbergerdorff".repeat(300),
  template: "{{constructor.constructor('window.broken=1')()}} ${7*7} %s %n",
};

/** What no body may hold: control characters and halves of emoji. */
export const unstorable = /\\u0000|\\u0007|\\u001b|\\ud83d(?!\\ude)/;

/** Runs in the page: puts `text` into every text field of the main part, cut as the field cuts what is pasted. */
export function pasteEverywhere(text: string): { filled: number; unlimited: string[] } {
  const unlimited: string[] = [];
  let filled = 0;
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "main input:not([type]), main input[type=text], main input[type=tel], main textarea",
  );
  for (const field of fields) {
    const isHidden = field.offsetParent === null || field.readOnly || field.disabled;
    if (isHidden) continue;
    if (field.maxLength <= 0) unlimited.push(field.outerHTML.slice(0, 200));
    const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    const set = Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set;
    set?.call(field, text.slice(0, Math.max(0, field.maxLength)));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    filled += 1;
  }
  return { filled, unlimited };
}
