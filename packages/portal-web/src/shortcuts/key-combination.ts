/** A key combination as text: modifiers in the order Ctrl, Alt, Shift, then `KeyboardEvent.code`, e.g. `Alt+KeyA`. */
export type KeyCombination = string;

export interface PressedKey {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const modifierCodes = /^(Control|Alt|Shift|Meta|OS)(Left|Right)?$/;

/**
 * The combination of a key press; null while only modifiers are down. The *place* of the key counts
 * (`code`), because Alt with a letter types another character on a Mac and on several layouts.
 */
export function combinationOf(key: PressedKey): KeyCombination | null {
  if (key.code === "" || modifierCodes.test(key.code)) return null;
  const parts: string[] = [];
  if (key.ctrlKey || key.metaKey) parts.push("Ctrl");
  if (key.altKey) parts.push("Alt");
  if (key.shiftKey) parts.push("Shift");
  parts.push(key.code);
  return parts.join("+");
}

/** Whether the combination would type a character, and so must rest while someone writes (WCAG 2.1.4). */
export function typesCharacter(combination: KeyCombination): boolean {
  return !/^(Ctrl|Alt)\+/.test(combination) && !/(^|\+)F\d+$/.test(combination);
}

const shownNames: Readonly<Record<string, string>> = {
  Slash: "/",
  Comma: ",",
  Period: ".",
  Space: "␣",
  Enter: "⏎",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** What is printed on the keys: `Alt+KeyA` → `["Alt", "A"]`. */
export function keysShown(combination: KeyCombination): readonly string[] {
  return combination
    .split("+")
    .map((part) => shownNames[part] ?? part.replace(/^Key/, "").replace(/^Digit/, ""));
}
