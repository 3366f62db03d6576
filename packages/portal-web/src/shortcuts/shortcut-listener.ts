import { preferences } from "../preferences/index.ts";
import { runCommand } from "./command-registry.ts";
import { commandIds, keysOf } from "./commands.ts";
import { combinationOf, typesCharacter } from "./key-combination.ts";

const writingElements = "input, textarea, select, [contenteditable='true']";

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(writingElements) !== null;
}

/** Runs the command of a key press. Returns whether one ran, in which case the browser must not act on it too. */
export function runShortcut(event: KeyboardEvent): boolean {
  const { shortcutsOn, remapped } = preferences();
  if (!shortcutsOn || event.isComposing || event.repeat) return false;
  const combination = combinationOf(event);
  if (combination === null) return false;
  if (typesCharacter(combination) && isWriting(event.target)) return false;
  const id = commandIds.find((each) => keysOf(each, remapped) === combination);
  return id !== undefined && runCommand(id);
}

/** Listens on the document until the returned function is called. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (runShortcut(event)) event.preventDefault();
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}
