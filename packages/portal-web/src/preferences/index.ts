export { changePreferences, type Preferences, preferences } from "./preferences.ts";
export { usePreferences } from "./use-preferences.ts";
