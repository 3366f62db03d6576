export { CheatSheet } from "./cheat-sheet.tsx";
export { runCommand } from "./command-registry.ts";
export type { CommandId } from "./commands.ts";
export { Keys } from "./keys.tsx";
export { PaletteLauncher } from "./palette-launcher.tsx";
export { listenForShortcuts } from "./shortcut-listener.ts";
export { ShortcutSettings } from "./shortcut-settings.tsx";
export { useCommand } from "./use-command.ts";
