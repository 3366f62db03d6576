import type { Language } from "../i18n/index.ts";

/** What a person chose on this browser. No patient data: it lies readable in localStorage. */
export interface Preferences {
  readonly language: Language | null;
  readonly shortcutsOn: boolean;
  /** Command id → key combination; commands not named keep their default. */
  readonly remapped: Readonly<Record<string, string>>;
}

const storageKey = "careline.preferences";
const defaults: Preferences = { language: null, shortcutsOn: true, remapped: {} };

function read(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "{}");
    return typeof stored === "object" && stored !== null ? { ...defaults, ...stored } : defaults;
  } catch {
    // Storage that is off or damaged costs the choices, never the desk.
    return defaults;
  }
}

let current = read();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // As above: the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export function subscribeToPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
