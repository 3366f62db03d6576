import type { TextKey } from "../i18n/index.ts";
import type { KeyCombination } from "./key-combination.ts";

export type CommandGroup = "everywhere" | "call" | "write" | "go";

interface CommandDefinition {
  readonly label: TextKey;
  readonly group: CommandGroup;
  readonly keys: KeyCombination;
}

/**
 * Every command a key can give. Alt with a letter works while someone writes a note; combinations that
 * Chromium and Firefox keep for themselves (Alt+D, Alt+E, Alt+F, Ctrl+N, Ctrl+T, Ctrl+W) are not used.
 */
export const commands = {
  "palette.open": { label: "shortcuts.palette", group: "everywhere", keys: "Ctrl+KeyK" },
  "cheat-sheet.open": { label: "shortcuts.cheatSheet", group: "everywhere", keys: "Alt+Slash" },
  "screen.lock": { label: "shell.lockNow", group: "everywhere", keys: "Alt+KeyL" },
  "status.change": { label: "desk.changeStatus", group: "everywhere", keys: "Alt+KeyS" },
  "offer.accept": { label: "desk.acceptOffer", group: "call", keys: "Alt+KeyA" },
  "offer.decline": { label: "desk.declineOffer", group: "call", keys: "Alt+Shift+KeyX" },
  "call.hold": { label: "desk.holdOrResume", group: "call", keys: "Alt+KeyH" },
  "call.transfer": { label: "desk.transfer", group: "call", keys: "Alt+KeyT" },
  "call.hang-up": { label: "desk.hangUp", group: "call", keys: "Alt+Shift+KeyH" },
  "call.wrap-up": { label: "desk.finishWrapUp", group: "call", keys: "Alt+KeyW" },
  "caller.edit": { label: "desk.caller", group: "write", keys: "Alt+KeyC" },
  "caller.is-patient": { label: "desk.callerIsPatient", group: "write", keys: "Alt+Shift+KeyC" },
  "patient.search": { label: "patients.search", group: "write", keys: "Alt+KeyP" },
  "note.write": { label: "desk.writeNote", group: "write", keys: "Alt+KeyN" },
  "intake.open": { label: "adverseEvents.open", group: "write", keys: "Alt+KeyI" },
  "screen.answer": { label: "desk.mandatoryScreen", group: "write", keys: "Alt+KeyM" },
  "go.desk": { label: "shell.desk", group: "go", keys: "Alt+Shift+KeyD" },
  "go.board": { label: "shell.board", group: "go", keys: "Alt+Shift+KeyB" },
  "go.callbacks": { label: "shell.callbacks", group: "go", keys: "Alt+Shift+KeyU" },
  "go.simulator": { label: "shell.simulator", group: "go", keys: "Alt+Shift+KeyS" },
  "go.status": { label: "shell.continuity", group: "go", keys: "Alt+Shift+KeyR" },
} as const satisfies Record<string, CommandDefinition>;

export type CommandId = keyof typeof commands;

export const commandIds = Object.keys(commands) as readonly CommandId[];

export const commandGroups: readonly CommandGroup[] = ["everywhere", "call", "write", "go"];

/** The keys of `id` after remapping. */
export function keysOf(id: CommandId, remapped: Readonly<Record<string, string>>): KeyCombination {
  return remapped[id] ?? commands[id].keys;
}

/** The command that already has `keys`, other than `id`; null when they are free. */
export function commandWithKeys(
  keys: KeyCombination,
  id: CommandId,
  remapped: Readonly<Record<string, string>>,
): CommandId | null {
  return commandIds.find((other) => other !== id && keysOf(other, remapped) === keys) ?? null;
}
